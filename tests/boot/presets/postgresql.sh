# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# postgresql: tables, COPY, parallel queries, TLS, reload, log rotation, a crash in the middle of
# things. The template is declared.
# shellcheck disable=SC2034,SC2154  # for run, and from it

# Each release has one.
version=$(ls /usr/lib/postgresql)
unit=postgresql@$version-main.service
config=/etc/postgresql/$version/main
log=/var/log/postgresql/postgresql-$version-main.log
program=/usr/lib/postgresql/$version/bin/postgres
shell=/usr/bin/bash
# See the preset.
tolerated='^fs\.write_file\s/proc/[0-9]+/oom_score_adj\s|^fs\.read_file\s/proc/[0-9]+/status\s|^fs\.read_file\s/etc/shadow\s.*perl$'
postgres=$(port 1)

prepare() {
    sed -i -E "s/^port = .*/port = $postgres/" "$config/postgresql.conf"
    certificate /etc/ssl/private/postgresql postgres:postgres
    chmod 711 /etc/ssl/private
    chmod 600 /etc/ssl/private/postgresql/key.pem
    cat >"$config/conf.d/test.conf" <<CONF
listen_addresses = '127.0.0.1'
ssl = on
ssl_cert_file = '/etc/ssl/private/postgresql/cert.pem'
ssl_key_file = '/etc/ssl/private/postgresql/key.pem'
work_mem = '64kB'
CONF
}

directives() { echo "BindTCP=$postgres"; }

sql() { runuser -u postgres -- psql -p "$postgres" -qAtX -v ON_ERROR_STOP=1 -c "$1" "${@:2}"; }
tls() {
    PGPASSWORD='test' psql -qAtX -c "$1" \
        "host=127.0.0.1 port=$postgres user=test dbname=postgres sslmode=require"
}
work_mem_is() { [ "$(sql 'show work_mem')" = "$1" ]; }

work() {
    check "it answers" wait_for sql 'select 1'
    check "a table is made" sql "create role test login password 'test';
        create table fruit (id serial primary key, name text); grant select on fruit to test"
    check "rows are put into it" sql "insert into fruit (name)
        select repeat(md5(n::text), 6) from generate_series(1, 50000) n"
    check_equal "and counted over TCP and TLS" 50000 "$(tls 'select count(*) from fruit')"
    check_equal "encrypted" t "$(tls 'select ssl from pg_stat_ssl where pid = pg_backend_pid()')"
    check_equal "sorted on disk" 50000 "$(sql 'select count(*) from (select distinct name from fruit) f')"
    check_equal "by several processes" 50000 "$(sql 'set parallel_setup_cost = 0; set parallel_tuple_cost = 0;
        set min_parallel_table_scan_size = 0; select count(*) from fruit')"
    check "copied to a file" sql "copy fruit to '/var/lib/postgresql/fruit.csv'"
    check "and from it" sql "create table copy (like fruit); copy copy from '/var/lib/postgresql/fruit.csv'"
    check "an index, a vacuum" sql "create index on copy (name)" -c "vacuum full analyze copy"
    check "a tablespace" sh -c "install -d -o postgres /var/lib/postgresql/space"
    check "is used" sql "create tablespace space location '/var/lib/postgresql/space'" \
        -c "alter table copy set tablespace space"
    check "dumped and restored" sh -c "runuser -u postgres -- createdb -p $postgres other &&
        runuser -u postgres -- pg_dump -p $postgres | runuser -u postgres -- psql -p $postgres -q other"
    echo "work_mem = '128kB'" >>"$config/conf.d/test.conf"
    check "it reloads" systemctl reload "$unit"
    check "and has the new setting" wait_for work_mem_is 128kB
    mv "$log" "$log.1"
    sql "insert into fruit (name) values ('kept')"
    check "it crashes and recovers" crash
    check "answering" wait_for sql 'select 1'
    check_equal "with what was committed" 50001 "$(sql 'select count(*) from fruit')"
    check "the log is rotated" test -s "$log"
    check "it says so" grep -q 'database system was not properly shut down' "$log"
    check "it restarts" systemctl restart "$unit"
    check_equal "and answers" 50001 "$(sql 'select count(*) from fruit')"
    check "all is removed" sql "drop database other" -c "drop table fruit, copy" \
        -c "drop tablespace space" -c "drop role test"
}
