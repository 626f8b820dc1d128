"""The whole journal as one file that any registry can read, whatever store it came from."""
