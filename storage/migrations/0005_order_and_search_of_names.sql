-- Lists in alphabetical order, and searches for a part of a name: see storage/name_keys.h. As in 0001, every statement
-- can run again. Columns have defaults, so that servers of the version before can go on: what they write has no keys, or
-- those of another name, until a server of this one computes them.
--
-- name_key: what ORDER BY compares. folded_name: what a search looks into. keyed_name: the display_name that both were
-- computed from, by the rules of key_version. current_key_version: that version while the name is still the same, else 0.
SET @add_columns = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'agreements' AND column_name = 'name_key'),
  'DO 0',
  'ALTER TABLE agreements
     ADD COLUMN name_key VARBINARY(512) NOT NULL DEFAULT '''',
     ADD COLUMN folded_name VARBINARY(2400) NOT NULL DEFAULT '''',
     ADD COLUMN keyed_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''',
     ADD COLUMN key_version INT NOT NULL DEFAULT 0');
PREPARE add_columns FROM @add_columns;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;

SET @add_version = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'agreements' AND column_name = 'current_key_version'),
  'DO 0',
  'ALTER TABLE agreements
     ADD COLUMN current_key_version INT GENERATED ALWAYS AS (IF(display_name = keyed_name, key_version, 0)) VIRTUAL');
PREPARE add_version FROM @add_version;
EXECUTE add_version;
DEALLOCATE PREPARE add_version;

-- The order, and what a search in it must look at. current_key_version finds what is out of date across accounts: the other key
-- that does not begin with the account.
SET @add_keys = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
          WHERE table_schema = DATABASE() AND table_name = 'agreements' AND index_name = 'current_key_version'),
  'DO 0',
  'ALTER TABLE agreements
     ADD KEY name_key (account_id, name_key, agreement_id, folded_name),
     ADD KEY current_key_version (current_key_version)');
PREPARE add_keys FROM @add_keys;
EXECUTE add_keys;
DEALLOCATE PREPARE add_keys;

SET @add_columns = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'companies' AND column_name = 'name_key'),
  'DO 0',
  'ALTER TABLE companies
     ADD COLUMN name_key VARBINARY(512) NOT NULL DEFAULT '''',
     ADD COLUMN folded_name VARBINARY(2400) NOT NULL DEFAULT '''',
     ADD COLUMN keyed_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '''',
     ADD COLUMN key_version INT NOT NULL DEFAULT 0');
PREPARE add_columns FROM @add_columns;
EXECUTE add_columns;
DEALLOCATE PREPARE add_columns;

SET @add_version = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'companies' AND column_name = 'current_key_version'),
  'DO 0',
  'ALTER TABLE companies
     ADD COLUMN current_key_version INT GENERATED ALWAYS AS (IF(display_name = keyed_name, key_version, 0)) VIRTUAL');
PREPARE add_version FROM @add_version;
EXECUTE add_version;
DEALLOCATE PREPARE add_version;

-- An agreement's companies have an order of their own.
SET @add_keys = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
          WHERE table_schema = DATABASE() AND table_name = 'companies' AND index_name = 'current_key_version'),
  'DO 0',
  'ALTER TABLE companies
     ADD KEY name_key (account_id, name_key, company_id, folded_name),
     ADD KEY agreement_name_key (account_id, agreement_id, name_key, company_id),
     ADD KEY current_key_version (current_key_version)');
PREPARE add_keys FROM @add_keys;
EXECUTE add_keys;
DEALLOCATE PREPARE add_keys;
