ls -la
#1779176407
psql tracking -c "SELECT pid, state, query FROM pg_stat_activity"
#1779176450
psql tracking -c 'SELECT pg_cancel_backend(933)'
#1779176500
for node in 1 2 3; do
  ssh depot-$node systemctl restart scanner
done
#1779176561
./deploy.sh rollback tracking
