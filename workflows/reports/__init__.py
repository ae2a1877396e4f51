"""Reports: each one a declaration of its columns and one question to the database, for page, workbook and interface alike."""
