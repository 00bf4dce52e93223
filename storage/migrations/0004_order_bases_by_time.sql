-- Order bases by the time at which they were made. MySQL has no CREATE INDEX IF NOT EXISTS.
SET @add_create_time = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
          WHERE table_schema = DATABASE() AND table_name = 'order_bases' AND index_name = 'create_time'),
  'DO 0',
  'ALTER TABLE order_bases ADD KEY create_time (account_id, create_time, order_basis_id)');
PREPARE add_create_time FROM @add_create_time;
EXECUTE add_create_time;
DEALLOCATE PREPARE add_create_time;
