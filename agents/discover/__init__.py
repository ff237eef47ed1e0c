"""What sources show: articles, feeds, sitemaps."""
