-- Users, the price list, transactions and order bases. As in 0001, every statement can run again.

-- What has no count of its own to change writes this one, so that the row is written: changes of access, and order
-- bases. MySQL has no ADD COLUMN IF NOT EXISTS.
SET @add_guard = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
          WHERE table_schema = DATABASE() AND table_name = 'agreements' AND column_name = 'guard'),
  'DO 0',
  'ALTER TABLE agreements ADD COLUMN guard BIGINT NOT NULL DEFAULT 0');
PREPARE add_guard FROM @add_guard;
EXECUTE add_guard;
DEALLOCATE PREPARE add_guard;

CREATE TABLE IF NOT EXISTS products (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  -- A number of agreements.v1.ProductKind. Never changes.
  kind TINYINT NOT NULL,
  -- The day after the last one that an order basis priced. NULL: none has.
  priced_until DATE NULL,
  -- Written by who sets a price and by who makes an order basis of the product, so that they meet.
  guard BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  PRIMARY KEY (account_id, product_id)
) ENGINE = InnoDB;

-- Versions of a product's price: in force from valid_from to the day before the next one.
CREATE TABLE IF NOT EXISTS prices (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  valid_from DATE NOT NULL,
  -- In ten-thousandths of the currency: 423.00 is 4230000.
  unit_price BIGINT NOT NULL,
  PRIMARY KEY (account_id, product_id, valid_from),
  CONSTRAINT prices_product FOREIGN KEY (account_id, product_id) REFERENCES products (account_id, product_id),
  CONSTRAINT prices_range CHECK (unit_price BETWEEN 0 AND 10000000000)
) ENGINE = InnoDB;

-- Accesses, and the invitations to them. Clustered by company, since that is how order bases read them.
CREATE TABLE IF NOT EXISTS accesses (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  access_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- A number of agreements.v1.AccessState. An invitation that has expired is stored as INVITED until someone writes it.
  state TINYINT NOT NULL,
  -- Of the invitation. NULL: granted without one.
  expire_time DATETIME(6) NULL,
  -- Days that count: from from_day to the day before until_day, which is 9999-12-31 while the access is ACTIVE. NULL
  -- both: it is or was an invitation only.
  from_day DATE NULL,
  until_day DATE NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  -- NULL, and so outside the unique key, when ENDED.
  live TINYINT GENERATED ALWAYS AS (IF(state = 3, NULL, 1)) VIRTUAL,
  PRIMARY KEY (account_id, company_id, access_id),
  UNIQUE KEY access (account_id, access_id),
  UNIQUE KEY live (account_id, company_id, user_id, product_id, live),
  KEY user (account_id, user_id, access_id),
  -- All that an order basis needs, without those that ended long ago.
  KEY days (account_id, company_id, until_day, from_day, product_id, user_id),
  CONSTRAINT accesses_company FOREIGN KEY (account_id, company_id) REFERENCES companies (account_id, company_id),
  CONSTRAINT accesses_product FOREIGN KEY (account_id, product_id) REFERENCES products (account_id, product_id),
  -- 1 is INVITED, 2 is ACTIVE, 3 is ENDED.
  CONSTRAINT accesses_days CHECK (
    (state = 1 AND expire_time IS NOT NULL AND from_day IS NULL AND until_day IS NULL)
    OR (state = 2 AND from_day IS NOT NULL AND until_day = '9999-12-31')
    OR (state = 3 AND (from_day IS NULL AND until_day IS NULL OR from_day < until_day AND until_day < '9999-12-31')))
) ENGINE = InnoDB;

-- What companies used. The agreement that is charged is the one that holds the company on `day`.
CREATE TABLE IF NOT EXISTS transactions (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  company_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  transaction_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  -- Without a foreign key: its lock on the product's row would have to wait for every order basis that prices it.
  product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity INT NOT NULL,
  occur_time DATETIME(6) NOT NULL,
  day DATE NOT NULL,
  record_time DATETIME(6) NOT NULL,
  -- The order basis that has claimed it. Empty: none yet. 'cancelled': none ever will.
  order_basis_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (account_id, company_id, transaction_id),
  -- Finds what a company has unclaimed, and what a document has claimed, without touching the rows.
  KEY order_basis (account_id, order_basis_id, company_id, day, product_id, quantity),
  KEY occur_time (account_id, company_id, occur_time, transaction_id),
  -- Its lock on the company's row is what keeps a deletion of the company from overlooking the transaction.
  CONSTRAINT transactions_company FOREIGN KEY (account_id, company_id) REFERENCES companies (account_id, company_id),
  CONSTRAINT transactions_quantity CHECK (quantity BETWEEN 1 AND 1000000000)
) ENGINE = InnoDB;

-- Order bases, frozen. Amounts are in hundredths of the currency (øre).
CREATE TABLE IF NOT EXISTS order_bases (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_basis_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  agreement_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  agreement_display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  customer_number VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  from_day DATE NOT NULL,
  until_day DATE NOT NULL,
  line_count INT NOT NULL,
  total_amount BIGINT NOT NULL,
  digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  create_time DATETIME(6) NOT NULL,
  PRIMARY KEY (account_id, order_basis_id),
  -- An agreement's days begin one document at the most; settled_until takes care of the rest.
  UNIQUE KEY agreement_from_day (account_id, agreement_id, from_day),
  KEY agreement (account_id, agreement_id, order_basis_id),
  KEY customer_number (account_id, customer_number, order_basis_id),
  CONSTRAINT order_bases_agreement FOREIGN KEY (account_id, agreement_id)
    REFERENCES agreements (account_id, agreement_id),
  CONSTRAINT order_bases_days CHECK (from_day < until_day),
  CONSTRAINT order_bases_customer_number CHECK (line_count = 0 OR customer_number <> '')
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS order_basis_lines (
  account_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_basis_id CHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_number INT NOT NULL,
  product_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_display_name VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  kind TINYINT NOT NULL,
  price_valid_from DATE NOT NULL,
  -- As in prices.
  unit_price BIGINT NOT NULL,
  -- Of kind LICENSE, else 0 both.
  user_days BIGINT NOT NULL,
  days_in_month INT NOT NULL,
  -- Of kind TRANSACTION, else 0.
  quantity BIGINT NOT NULL,
  -- First day of the month in which late transactions happened, else NULL.
  original_month DATE NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (account_id, order_basis_id, line_number),
  CONSTRAINT order_basis_lines_order_basis FOREIGN KEY (account_id, order_basis_id)
    REFERENCES order_bases (account_id, order_basis_id)
) ENGINE = InnoDB;
