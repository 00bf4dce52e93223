-- The host of the database that the servers write to (storage/connection/writer_record.h): at most one row.
CREATE TABLE IF NOT EXISTS writer (
  id INT NOT NULL,
  epoch BIGINT NOT NULL,
  host VARCHAR(300) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (id),
  CONSTRAINT writer_is_one CHECK (id = 1)
) ENGINE = InnoDB;
