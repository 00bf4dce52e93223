-- The trail: an entry for each mutation, written in its transaction. As in 0001 to 0003, every statement can run again.
--
-- An entry is a row that has the entry, one that has the response for a repeated request_id, and one for each thing that
-- the entry is found by. kind says which; its numbers are in storage/connection/changes.h. Rows are only inserted and
-- deleted.
CREATE TABLE IF NOT EXISTS changes (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  change_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind TINYINT NOT NULL,
  -- An id, a method, a caller or an actor. Of the response: the claim_id of the request. Of the entry: empty.
  term VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Of a resource that the change gave a new revision: that one.
  revision BIGINT NULL,
  -- Of the entry: an agreements.v1.Change. Of the response: the response, which is empty if none is kept.
  content MEDIUMBLOB NULL,
  PRIMARY KEY (account_id, change_id, kind, term),
  KEY term (account_id, kind, term, change_id),
  -- Purging goes by age across accounts, as that of requests does.
  KEY age (kind, change_id),
  -- 0 is the entry, 1 the response.
  CONSTRAINT changes_content CHECK ((kind IN (0, 1)) = (content IS NOT NULL))
) ENGINE = InnoDB;

-- What leads from a request to its response in `changes`. NULL: recorded by a server that did not know of changes, with
-- the response in this row. Those servers read this row only. Of newer requests it has a response that they cannot
-- parse, so that they answer a repeated one with an error and not with nothing.
SET @add_claim_id = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'requests' AND column_name = 'claim_id'),
  'DO 0',
  'ALTER TABLE requests
   ADD COLUMN claim_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL');
PREPARE add_claim_id FROM @add_claim_id;
EXECUTE add_claim_id;
DEALLOCATE PREPARE add_claim_id;
