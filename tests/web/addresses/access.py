PAGES = {}
CALLS = {}
OPEN = {"first/<str:token>/", "sign-in/", "sign-in/<str:token>/", "sign-out/"}
