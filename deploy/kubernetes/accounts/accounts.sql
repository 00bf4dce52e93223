-- The database and its accounts, each with no more than it needs. For an administrator of MariaDB or MySQL; can be run
-- again.
--
-- The accounts are locked until they get a password:
--
--   ALTER USER agreements@'%' IDENTIFIED BY '...' ACCOUNT UNLOCK;
--
-- and, where connections are encrypted (AGREEMENTS_DB_TLS_CA_FILE), the same with REQUIRE SSL before ACCOUNT UNLOCK. On
-- MySQL's Group Replication, each of the three also needs:
--
--   GRANT SELECT ON performance_schema.replication_group_members TO agreements@'%';
CREATE DATABASE IF NOT EXISTS agreements CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- agreements-admin migrate. Not DROP: what a later migration drops, it is granted then.
CREATE USER IF NOT EXISTS agreements_ddl@'%' ACCOUNT LOCK;
GRANT CREATE, ALTER, INDEX, REFERENCES, SELECT, INSERT, UPDATE, DELETE ON agreements.* TO agreements_ddl@'%';

-- agreements-server.
CREATE USER IF NOT EXISTS agreements@'%' ACCOUNT LOCK;
GRANT SELECT, INSERT, UPDATE, DELETE ON agreements.* TO agreements@'%';

-- agreements-admin verify.
CREATE USER IF NOT EXISTS agreements_verify@'%' ACCOUNT LOCK;
GRANT SELECT ON agreements.* TO agreements_verify@'%';
