-- What a recorded response is a response to, so that it can be read again: the full name of the request's message, e.g.
-- agreements.v1.MoveCompanyRequest. Empty: recorded by a program that did not know this column. As in 0001 and 0002,
-- every statement can run again.
SET @add_method = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'requests' AND column_name = 'method'),
  'DO 0',
  'ALTER TABLE requests
   ADD COLUMN method VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''''');
PREPARE add_method FROM @add_method;
EXECUTE add_method;
DEALLOCATE PREPARE add_method;
