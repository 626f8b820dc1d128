"""The truth in columns: tables described once, read at a sequence, written as Parquet, Arrow and CSV."""
