"""What the tenant holds: records of people, mailboxes, profiles and files, and the pictures' bytes."""
