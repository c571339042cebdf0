"""The timeline drawn: lanes over phases, and the ribbon of phases. One function for the HTML file, print and the web page."""
