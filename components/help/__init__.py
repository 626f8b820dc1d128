"""What `?` tells of each page: what it is for, what one does here, its keys, its words."""
