"""What the directory and Exchange share behind Graph: one door, one error shape, paging, queries, `$batch`."""
