"""Azure Storage: blobs, queues and tables."""
