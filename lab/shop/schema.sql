CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, email text NOT NULL);
CREATE TABLE products (id serial PRIMARY KEY, name text NOT NULL, price_cents integer NOT NULL, stock integer NOT NULL DEFAULT 100);
CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer_id integer NOT NULL REFERENCES customers,
  placed_at timestamptz NOT NULL DEFAULT now(),
  total_cents integer NOT NULL,
  state text NOT NULL
);
CREATE TABLE order_items (
  id bigserial PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders,
  product_id integer NOT NULL REFERENCES products,
  quantity integer NOT NULL
);
CREATE TABLE carts (customer_id integer PRIMARY KEY REFERENCES customers, items jsonb NOT NULL DEFAULT '[]');
CREATE TABLE catalogue_cache (name text PRIMARY KEY, body jsonb NOT NULL, expires_at timestamptz NOT NULL);
CREATE TABLE schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL);

CREATE FUNCTION build_catalogue(ordering text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(p) FROM (
    SELECT p.id, p.name, p.price_cents,
           (SELECT count(*) FROM order_items i WHERE i.product_id = p.id) AS sold, pg_sleep(0.07) IS NULL AS hidden
    FROM products p ORDER BY p.name
  ) p
$$;

INSERT INTO customers (name, email) SELECT 'Customer ' || n, 'customer' || n || '@example.com' FROM generate_series(1, 400) n;
INSERT INTO products (name, price_cents) SELECT 'Product ' || n, 500 + n * 130 FROM generate_series(1, 40) n;
INSERT INTO orders (customer_id, placed_at, total_cents, state)
  SELECT 1 + n % 400, now() - n * interval '7 minutes', 500 + (n % 40) * 130, 'paid' FROM generate_series(1, 20000) n;
INSERT INTO order_items (order_id, product_id, quantity) SELECT n, 1 + n % 40, 1 FROM generate_series(1, 20000) n;
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON order_items (order_id);
CREATE INDEX ON order_items (product_id);
