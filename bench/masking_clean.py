"""Ordinary chat and logs, made by seed, full of what looks like a secret and is none."""

import base64
import random
import string
import uuid

NAMES = ["ana", "robin", "sam", "lee", "kim", "noor", "ivo"]
SERVICES = [
    "checkout",
    "payments-api",
    "cart",
    "search",
    "auth-gateway",
    "token-service",
    "key-value-store",
    "password-reset-worker",
    "cookie-banner",
    "secrets-operator",
]


class Clean:
    """Pieces of clean text by seed."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def hex(self, size):
        return "".join(self.dice.choices("0123456789abcdef", k=size))

    def low(self, size):
        return "".join(self.dice.choices("bcdfghjklmnpqrstvwxz2456789", k=size))

    def number(self, low=1, high=10_000):
        return self.dice.randrange(low, high)

    def uuid(self):
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def b64(self, size):
        return base64.b64encode(self.dice.randbytes(size)).decode()

    def service(self):
        return self.dice.choice(SERVICES)

    def pod(self):
        return f"{self.service()}-{self.low(9)}-{self.low(5)}"

    def name(self):
        return self.dice.choice(NAMES)

    def time(self):
        return f"2026-03-{self.number(1, 28):02}T{self.number(0, 24):02}:{self.number(0, 60):02}:{self.number(0, 60):02}.{self.number(0, 1000):03}Z"

    def ip(self):
        return f"10.{self.number(0, 255)}.{self.number(0, 255)}.{self.number(0, 255)}"


CHAT = [
    "password reset failed for {n} again", "token expired, refreshing", "the secret is to restart it before noon", "the password is wrong, I checked", "my token is expired",
    "the key is to keep the pool small", "key takeaway: alert on saturation", "API key rotation is scheduled for Friday", "who rotated the signing key?", "Password policy: at least 12 characters",
    "cookie banner is broken on {s}", "auth is down", "authorization: required for all endpoints now", "the password is stored in vault", "secret santa draw is at 15:00",
    "rolled back to {h7}", "commit {h40} looks fine", "digest is sha256:{h64}", "image: registry.example.com/{s}@sha256:{h64}", "see trace {h32}", "request id {u}",
    "{s} pod {p} is crashlooping", "password=*** in the log, good", "set PASSWORD=${{DB_PASSWORD}} in the env", "it reads password from os.environ['DB_PASSWORD']", "token=<redacted>",
    "export TOKEN=$(vault read -field=token secret/ci)", 'password: "{{{{ vault_db_password }}}}"', 'curl -H "Authorization: Bearer $TOKEN" https://api.example.com', "curl -u $USER:$PASS https://x",
    "docker run -u 1000:1000 {s}", "kubectl get secret {s}-tls -o yaml", "secret/{s}-credentials created", "pin it to version 4.2.1", "the otp service is slow", "login page 500s for {n}",
    "credentials: please ask in #access", "creds are in 1Password", "pass: 120 fail: 3 skipped: 7", "passing the token through the header breaks it", "bypass: enabled for {s}", "compass: north",
    "https://grafana.example.com/d/{a9}/{s}?orgId=1&from={n13}&to={n13}&var-key=All", "https://github.com/example/shop/commit/{h40}", "https://example.slack.com/archives/C{up10}/p{n16}",
    "https://app.example.com/login?next=%2Fcart&token=expired", "page token is exhausted, nextPageToken: CAUQAA", "max_tokens: 4096, prompt_tokens=1532", "token bucket: 100 rps", "tokens=1500 used",
    "we hit the rate limit (429) with key=user:{n4}", "cache key: cart:{u}", "primary key violation on orders_pkey", "foreign key orders_user_id_fkey", "partition key: {s}-{n4}", "idempotency key {u}",
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB{b200} {n}@laptop", "fingerprint SHA256:{b32}", "PWD=/srv/{s}", "author: {n}", "auth=none", "Bearer authentication is required", "basic auth is off",
    "the password field accepts 72 characters", "pw reset mail went out to {n4} users", "passwordless login is next quarter", "password for {n} changed by admin", "secret rotation took 12 minutes",
    "token ring is full, node {n4} joining", "cookies: accepted", "session closed by remote host", "session {h8} opened", "who has the key to the server room?", "code: 1006, reason: abnormal closure",
    "the access key is disabled in the console", "key: value pairs only", "sk-checkout is the new cluster", "re: password: question", "token: see vault", "API token: ask {n}", "secret: n/a",
    "keyboard: broken, monitor: fine", "monkey: patched", "turkey-1 region", "passenger count: 1200", "password: (unchanged)", "password -> see runbook", "pin the tokenizer at 0.15.2",
    "error code 5003", "verification code was sent", "exit code: 137", "status code=503", "zip code: 94107", "backup code path is untested", "the token is base64 encoded", "token is sha256-hashed",
    "password is hashed with bcrypt", "access token lifetime is 3600 seconds", "the password expires in 90 days", "password min length = 12", "secret store sync: ok", "token endpoint: /oauth2/token",
    "https://sts.example.com/oauth2/token returned 400", "client_id=checkout-web", "keyspace: shop_prod", "api_key is null", "API_KEY missing", "apiKey: undefined", "private key does not match certificate",
    "public key: 04{h64}", "key id 7D{up10}", "kid={h16}", "jti {u}", "sub=auth0|{h24}", "auth0 is degraded", "token count: 99", "password_reset_tokens table is locked", "hunter2 jokes aside, rotate it",
    "MTTR was 42 minutes, see INC-{n4}", "PR #{n4} by {n}", "lgtm", "ack, looking", "latency p99=1200ms on {s}", "@{n} can you take it?", ":key: :lock: :cookie:", "deploy {s} v2.{n4}.1 done",
    "{n}: mentioned the api keys page", "certificate -----BEGIN CERTIFICATE----- is expired", "the -----BEGIN PRIVATE KEY----- header is missing", "pass it on: checkout is back", "Pass: the checks are green",
    "secretary: {n}", "author-token-{n4}", "basic plan", "sigh", "signature=invalid", "sig=bad", "X-Amz-Date=20260302T140500Z", "password=password is what the docs say", "login: {n}", "user:{n}", "passwd: all authentication tokens updated successfully",
]  # fmt: skip
LOGS = [
    "{t} INFO {s} request_id={u} trace_id={h32} span_id={h16} path=/cart status=200 dur={n4}ms", "{t} ERROR auth: invalid password for user {n} from {ip} port 51022 ssh2", "{t} WARN token expired for user {n}",
    '{{"ts":"{t}","level":"error","msg":"token validation failed","kid":"{h16}","trace":"{h32}"}}', '{{"level":"info","password":"***","user":"{n}"}}', '{{"token":null,"secret":"","key":"cart:{n4}"}}',
    "{t} sshd[{n4}]: Accepted publickey for {n} from {ip} port 50222 ssh2: ED25519 SHA256:{b32}", "{t} kubelet: Pulled image registry.example.com/{s}:{h7}", "pod/{p} Back-off restarting failed container",
    'MountVolume.SetUp failed for volume "kube-api-access-{l5}" : secret "{s}-token-{l5}" not found', "{t} GET /api/v1/users/{u}/tokens 200 12ms", "{t} POST /oauth/token HTTP/1.1 400 -", "{t} GET /reset-password?user={n4} 302",
    'level=info ts={t} caller=main.go:{n4} msg="Loading configuration file" file=/etc/{s}/secrets.yml', '{t} postgres[{n4}]: FATAL: password authentication failed for user "{n}"', 'etag: "{h32}" cache-control: no-store',
    "integrity sha512-{b64}", '{ip} - {n} [02/Mar/2026:14:05:00 +0000] "GET /login?next=/ HTTP/1.1" 200 {n4} "-" "Mozilla/5.0"', "{t} vault: core: vault is sealed key_shares=5 key_threshold=3", "{t} DEBUG cookies=3 session=None auth=False",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b200}", "{t} consumer group={s} partition_key={n4} offset={n13} lag={n4}", "arn:aws:secretsmanager:eu-west-1:{n13}:secret:{s}-AbCdEf", "AWS_PROFILE=prod AWS_REGION=eu-west-1",
    "{t} rabbit: routing_key=orders.created exchange=shop", '{t} nginx: upstream sent invalid header "authorization" while reading', "set-cookie: theme=dark; Path=/", "x-request-id: {u}", "x-amzn-trace-id: Root=1-{h8}-{h24}", "{t} SSL: certificate subject key identifier {hh20}",
    "uid={n4} gid={n4} pwd=/home/{n}", "{t} systemd[1]: Starting Rotate secrets...", "java.lang.IllegalStateException: token must not be null", "  at com.example.auth.TokenService.verify(TokenService.java:{n4})", "KeyError: 'password'", "TypeError: secret_or_private_key must be asymmetric",
    "{t} redis: MOVED {n4} {ip}:6379 key=session:{h32}", "{t} INFO Kafka version: 3.7.0 commitId: {h16}", "md5={h32} size={n4}", "{t} ldap: bind failed: invalid credentials (49)", "password_encryption = scram-sha-256", "ssl_key_file = '/etc/ssl/private/server.key'",
    "password: !vault |", "          $ANSIBLE_VAULT;1.1;AES256", "secretKeyRef: {{name: {s}-db, key: password}}", "  key: DB_PASSWORD", "- name: API_TOKEN\n  valueFrom:\n    secretKeyRef:\n      name: {s}\n      key: token", "tokenSecretName: {s}-token", "secretName: {s}-tls-{l5}",
    "imagePullSecrets: [{s}-pull]", "api_key_file: /run/secrets/dd_api_key", "password = config.password", "password = getpass.getpass()", 'token := r.Header.Get("X-Token")', "const secret = process.env.JWT_SECRET;", "if (password !== user.password) throw new Error('bad password')",
    "DB_PASSWORD=${{DB_PASSWORD:-}}", "PASSWORD=%s", "password=%(password)s", "postgres://app:***@db-1:5432/shop", "postgres://app:${{PGPASSWORD}}@db-1/shop", "redis://cache:6379/0", "http://{s}:8080/users/{n}@example.com", "ssh://git@git.example.com:22/shop.git", "amqp://mq-1:5672/%2f",
    "{t} tls: key exchange X25519MLKEM768, cipher TLS_AES_128_GCM_SHA256", "NAME  READY  AGE\n{p}  1/1  4d", "{t} GC pause (G1 Evacuation Pause) {n4}M->{n4}M", "blob {h40} mode 100644", "index {h7}..{h7} 100644", "Signed-off-by: {n} <{n}@example.com>", '+  password: ""', "-  token: null", "Authorization: ***", "authorization: [FILTERED]", "Cookie: [masked]", "--password-file /run/secrets/db", "--token-ttl 3600s", "-e PASSWORD", 'HTTP 401 Unauthorized: Bearer realm="api"', 'www-authenticate: Basic realm="shop"', "GET /apikeys/{n4} 200", "checksum {h64}  shop.tar.gz", "snapshot key is {u}", "{t} audit: actor={n} action=secret.read path=kv/{s} result=allow", "session_id={h32}", "sid={n4}", "{t} Received disconnect: Auth fail", "{t} pam_unix(sudo:auth): authentication failure; logname= uid=1000", "crypto: key derived in {n4} ms", "keepalive: 60", "{t} token_refresh_total 17", 'http_requests_total{{code="200",handler="/login"}} {n4}', "vault_token_count 12", "process_max_fds 1024", "SELECT token, secret FROM sessions WHERE key = $1", "INSERT INTO api_keys (name, created) VALUES ($1, now())", "UPDATE users SET password = $1 WHERE id = {n4}", "[2026-03-02 14:05:00] production.ERROR: Undefined index: password", "Password:", "password: ", "token:", "secret =",
]  # fmt: skip


def clean(seed, count):
    """Yield `count` lines in which there is no secret."""
    made = Clean(seed)
    templates = CHAT + LOGS
    for _ in range(count):
        template = made.dice.choice(templates)
        yield template.format(
            n=made.name(), s=made.service(), p=made.pod(), u=made.uuid(), t=made.time(), ip=made.ip(), h7=made.hex(7), h8=made.hex(8), h16=made.hex(16),
            h24=made.hex(24), h32=made.hex(32), h40=made.hex(40), h64=made.hex(64), n4=made.number(), n13=made.number(10**12, 10**13), n16=made.number(10**15, 10**16),
            b32=made.b64(32).rstrip("="), b64=made.b64(64), b200=made.b64(150), l5=made.low(5), up10="".join(made.dice.choices(string.ascii_uppercase + string.digits, k=9)),
            a9="".join(made.dice.choices(string.ascii_letters, k=9)), hh20=":".join(made.hex(2).upper() for _ in range(20)),
        )  # fmt: skip
