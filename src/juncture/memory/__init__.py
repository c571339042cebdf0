"""What earlier postmortems say to a new one: values in, values out. What is compared is fetched by whoever calls."""
