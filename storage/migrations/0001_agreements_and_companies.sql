-- Agreements, companies, their drafts and placements. Every statement can run again: a migration that was cut short is
-- simply run once more, since DDL commits by itself.
--
-- All rows of an account hang together by account_id, the first column of every key. Ids compare byte by byte
-- (ascii_bin), names code point by code point (utf8mb4_bin), times are UTC, days are dates in the service's time zone.

-- Facts about this schema that every server must agree with, e.g. its time zone.
CREATE TABLE IF NOT EXISTS settings (
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (name)
) ENGINE = InnoDB;

-- Calls that changed something, so that a repeated one gets the first one's response. request_id is the caller's or,
-- beginning with "~", the server's.
CREATE TABLE IF NOT EXISTS requests (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  caller VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id VARCHAR(65) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  response MEDIUMBLOB NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (account_id, caller, request_id),
  -- Purging goes by age across accounts: the one key that does not begin with the account.
  KEY create_time (create_time)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS agreements (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- Empty: none.
  customer_number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Companies that are not deleted, and open drafts. Whoever adds or removes one writes this row first, which is what
  -- keeps a deletion of the agreement from overlooking it.
  company_count INT NOT NULL,
  draft_count INT NOT NULL,
  -- First day that is in no order basis.
  settled_until DATE NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  delete_time DATETIME(6) NULL,
  PRIMARY KEY (account_id, agreement_id),
  KEY customer_number (account_id, customer_number, agreement_id),
  KEY display_name (account_id, display_name, agreement_id),
  CONSTRAINT agreements_counts CHECK (company_count >= 0 AND draft_count >= 0),
  CONSTRAINT agreements_deleted_is_empty CHECK (delete_time IS NULL OR (company_count = 0 AND draft_count = 0))
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS companies (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Of a deleted company: the last one that held it.
  agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- Empty: none.
  organization_number VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  delete_time DATETIME(6) NULL,
  -- NULL, and so outside the unique key, unless the company is there and has a number.
  live_organization_number VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin
    GENERATED ALWAYS AS (IF(delete_time IS NULL AND organization_number <> '', organization_number, NULL)) VIRTUAL,
  PRIMARY KEY (account_id, company_id),
  UNIQUE KEY live_organization_number (account_id, live_organization_number),
  KEY agreement (account_id, agreement_id, company_id),
  KEY display_name (account_id, display_name, company_id),
  KEY organization_number (account_id, organization_number, company_id),
  CONSTRAINT companies_agreement FOREIGN KEY (account_id, agreement_id) REFERENCES agreements (account_id, agreement_id)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS company_drafts (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  draft_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  organization_number VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- A number of agreements.v1.CompanyDraftState.
  state TINYINT NOT NULL,
  -- What a completed draft has become. Without a foreign key, so that the draft is written before the company is: of
  -- two that complete it at once, the second one must meet the draft, not the company's organization number.
  company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (account_id, draft_id),
  -- A company comes from one draft at most.
  UNIQUE KEY company (account_id, company_id),
  KEY agreement (account_id, agreement_id, draft_id),
  KEY state (account_id, state, draft_id),
  CONSTRAINT company_drafts_agreement FOREIGN KEY (account_id, agreement_id)
    REFERENCES agreements (account_id, agreement_id),
  -- 2 is COMPLETED.
  CONSTRAINT company_drafts_completed CHECK ((state = 2) = (company_id IS NOT NULL))
) ENGINE = InnoDB;

-- Which agreement holds a company from from_day to the day before its next row. No agreement: the company is deleted.
CREATE TABLE IF NOT EXISTS placements (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_day DATE NOT NULL,
  agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (account_id, company_id, from_day),
  KEY agreement (account_id, agreement_id, from_day),
  CONSTRAINT placements_company FOREIGN KEY (account_id, company_id) REFERENCES companies (account_id, company_id),
  CONSTRAINT placements_agreement FOREIGN KEY (account_id, agreement_id)
    REFERENCES agreements (account_id, agreement_id)
) ENGINE = InnoDB;
