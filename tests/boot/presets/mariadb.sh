# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# mariadb: tables and large sorts, a dump, files in and out, TLS, a crash in the middle of things.
# shellcheck disable=SC2034,SC2154  # for run, and from it

program=/usr/sbin/mariadbd
shell=/usr/bin/bash
mariadb=$(port 1)
# Newer releases have it under the other name.
data=/var/lib/mysql
[ ! -d /var/lib/mariadb ] || data=/var/lib/mariadb

prepare() {
    certificate /etc/mysql/tls mysql:mysql
    cat >/etc/mysql/mariadb.conf.d/90-test.cnf <<CONF
[mariadbd]
bind-address = 127.0.0.1
port = $mariadb
ssl-cert = /etc/mysql/tls/cert.pem
ssl-key = /etc/mysql/tls/key.pem
log_bin = /var/log/mysql/mariadb-bin.log
slow_query_log
slow_query_log_file = /var/log/mysql/slow.log
general_log
general_log_file = /var/log/mysql/general.log
CONF
    install -d -o mysql -g adm /var/log/mysql
}

directives() { echo "BindTCP=$mariadb"; }

sql() { mariadb -N -B -e "$1"; }
tls() {
    mariadb -N -B -h 127.0.0.1 -P "$mariadb" -u test -ptest --ssl-ca=/etc/mysql/tls/cert.pem -e "$1"
}

work() {
    check "it answers" wait_for sql 'select 1'
    check "a database is made" sql "create database t; use t;
        create table fruit (id int auto_increment primary key, name varchar(200)) engine=innodb;
        create table old (id int) engine=myisam;
        create table crash (id int) engine=aria;
        create user test@'%' identified by 'test'; grant all on t.* to test@'%'"
    check "rows are put into it" sql "use t; insert into fruit (name)
        select repeat(md5(seq), 6) from seq_1_to_20000"
    check_equal "and counted over TCP and TLS" 20000 "$(tls 'select count(*) from t.fruit')"
    check_equal "encrypted" 1 "$(tls "show status like 'Ssl_cipher'" | grep -c TLS)"
    check "sorted on disk" sql "set tmp_memory_table_size = 0, sort_buffer_size = 16384;
        select sql_big_result name, count(*) c from t.fruit group by name order by c, name limit 3"
    check "written to a file" sql "select * into outfile '$data/fruit.csv' from t.fruit"
    check "and loaded from it" sql "create table t.copy like t.fruit;
        load data infile '$data/fruit.csv' into table t.copy"
    check "a table is changed" sql "alter table t.copy add index (name), drop column id"
    check "dumped" sh -c 'mariadb-dump t >/run/t.sql && grep -q "INSERT INTO" /run/t.sql'
    check "and restored" sh -c 'mariadb -e "create database u" && mariadb u </run/t.sql'
    check "logs are rotated" sh -c 'mv /var/log/mysql/general.log /var/log/mysql/general.log.1 &&
        mariadb-admin flush-logs && test -s /var/log/mysql/general.log'
    check "old binary logs are removed" sql "purge binary logs before now()"
    sql "begin; insert into t.fruit (name) values ('torn')" >/dev/null
    sql "insert into t.fruit (name) values ('kept')"
    check "it crashes and recovers" crash
    check "answering" wait_for sql 'select 1'
    check_equal "with what was committed" 20001 "$(sql 'select count(*) from t.fruit')"
    check_equal "and all tables well" 0 "$(mariadb-check t | grep -vc OK)"
    check "it restarts" systemctl restart "$unit"
    check_equal "and answers" 20001 "$(sql 'select count(*) from t.fruit')"
    check "a database is removed" sql "drop database u; drop database t"
}
