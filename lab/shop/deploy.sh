#!/usr/bin/env bash
# deploy.sh deploy SERVICE VERSION | rollback SERVICE | restart SERVICE | status
# Ships what the tag names: runs its new migrations, unpacks it, makes it current, tells the service to restart.
# One deploy at a time; every step is a line of deploys.jsonl.
set -euo pipefail
: "${SHOP_HOME:?}"
who=${DEPLOY_USER:-$(id -un)}
records=$SHOP_HOME/deploys.jsonl
action=${1:-status} service=${2:-} version=${3:-}

record() { # STATUS [EXTRA JSON MEMBERS]
  printf '{"timestamp":"%s","action":"%s","service":"%s","version":"%s","commit":"%s","user":"%s","status":"%s"%s}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$action" "$service" "$version" "${commit:-}" "$who" "$1" "${2:-}" >>"$records"
}
current() { cat "$SHOP_HOME/current-$service/VERSION"; }
healthy() { curl -fsS -m 2 "http://127.0.0.1:$(cat "$SHOP_HOME/$service.port")/healthz" 2>/dev/null | grep -q "\"$1\""; }
reload() {
  local before; before=$(grep -c restarted "$SHOP_HOME/app.log" || true)
  kill -HUP "$(cat "$SHOP_HOME/$service.pid")"
  for _ in $(seq 150); do
    if [ "$(grep -c restarted "$SHOP_HOME/app.log" || true)" -gt "$before" ] && healthy "$1"; then return 0; fi
    sleep 0.2
  done
  return 1
}

if [ "$action" = status ]; then
  for link in "$SHOP_HOME"/current-*; do echo "${link##*/current-} $(cat "$link/VERSION")"; done
  exit 0
fi
if ! mkdir "$SHOP_HOME/deploy.lock" 2>/dev/null; then
  echo "deploy.sh: refused, another deploy is running ($(cat "$SHOP_HOME/deploy.lock/by" 2>/dev/null))" >&2
  exit 3
fi
trap 'rm -rf "$SHOP_HOME/deploy.lock"' EXIT
old=$(current)
case $action in
  deploy) ;;
  restart) version=$old ;;
  rollback)
    version=$(grep "\"service\":\"$service\",\"version\":\"$old\"" "$records" | grep '"action":"deploy"' |
      sed -n 's/.*"status":"started","previous":"\([^"]*\)".*/\1/p' | tail -n 1)
    if [ -z "$version" ]; then echo "deploy.sh: nothing to roll $service $old back to" >&2; exit 1; fi ;;
  *) sed -n 2p "$0"; exit 2 ;;
esac
commit=$(git rev-parse --short=10 "build-$version^{commit}")
echo "$service $version by $who" >"$SHOP_HOME/deploy.lock/by"
record started ",\"previous\":\"$old\""

if [ "$action" = deploy ]; then
  for file in $(git ls-tree --name-only "build-$version" migrations/); do
    name=$(basename "$file")
    if [ -z "$(psql -qAtc "SELECT 1 FROM schema_migrations WHERE name = '$name'")" ]; then
      echo "migrating: $name"
      record migrating ",\"migration\":\"$name\""
      if ! git show "build-$version:$file" | PGAPPNAME=migrate psql -q -v ON_ERROR_STOP=1; then
        record failed ",\"migration\":\"$name\",\"error\":\"migration failed\""
        echo "deploy.sh: migration $name failed, $service stays at $old" >&2
        exit 1
      fi
      psql -qc "INSERT INTO schema_migrations VALUES ('$name', now())"
    fi
  done
fi
if [ "$action" != restart ]; then
  mkdir -p "$SHOP_HOME/releases/$version"
  git archive "build-$version" | tar -x -C "$SHOP_HOME/releases/$version"
  echo "$version" >"$SHOP_HOME/releases/$version/VERSION"
  ln -sfn "releases/$version" "$SHOP_HOME/current-$service"
fi
if reload "$version"; then
  record finished
  echo "$service is now $version"
else
  record failed ',"error":"not healthy in 30 s"'
  exit 1
fi
