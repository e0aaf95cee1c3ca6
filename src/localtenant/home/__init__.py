"""The Office home page: tiles, landing pages, changing one's picture, help in three languages."""
