"""Settings of the production server, which reads this file by itself; the rest stands in the Makefile."""

limit_request_line = 8190  # a form of 200 lines is sent in its address
