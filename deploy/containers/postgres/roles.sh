#!/bin/bash
# Run by PostgreSQL's image when its data folder is new: for each service a database, its owner, and the roles it runs as.
# What they are called and their passwords stand in the addresses the services are given, and nowhere else:
#   /run/secrets/<service>_owner_database_url    who migrates: owns the database, and no superuser
#   /run/secrets/<service>…_database_url         who runs: API and worker; what they may do comes with the migrations
set -euo pipefail
shopt -s nullglob

# role, password and database of postgresql://role:password@host:port/database
parts() {
  sed -nE 's#^postgresql://([A-Za-z0-9_]+):([A-Za-z0-9_~.-]+)@[^/]+/([A-Za-z0-9_]+)$#\1 \2 \3#p' "$1" | grep . && return
  echo "$1: not postgresql://role:password@host:port/database with letters, digits and _ ~ . - only" >&2
  return 1
}

# Names and passwords reach psql on its standard input: no list of processes and no log shows them.
ask() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres >/dev/null; }

role() {
  ask <<SQL
SET log_statement = 'none'; SET log_min_error_statement = 'panic';
CREATE ROLE "$1" LOGIN $3 PASSWORD '$2';
SQL
}

for owner_file in /run/secrets/*_owner_database_url; do
  service=$(basename "$owner_file" _owner_database_url)
  read -r owner password database <<<"$(parts "$owner_file")"
  role "$owner" "$password" CREATEDB  # a backup is restored beside the database that serves
  ask <<SQL
CREATE DATABASE "$database" OWNER "$owner" TEMPLATE template0;
REVOKE ALL ON DATABASE "$database" FROM PUBLIC;
SQL
  for file in /run/secrets/"$service"*_database_url; do
    [ "$file" = "$owner_file" ] && continue
    read -r user password _ <<<"$(parts "$file")"
    role "$user" "$password" NOCREATEDB
    # So that the migrations can see what the processes of these roles still do.
    ask <<<"GRANT \"$user\" TO \"$owner\";"
  done
  echo "roles.sh: database $database"
done
