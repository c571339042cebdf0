"""Secrets of many kinds, made by seed, in the contexts in which people and machines spill them."""

import base64
import random
import string
import textwrap
import uuid

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
WORDS = [
    "autumn",
    "falcon",
    "river",
    "copper",
    "lantern",
    "velvet",
    "harbor",
    "pixel",
    "walnut",
    "comet",
    "orchid",
    "bishop",
    "marble",
    "ginger",
]
HOSTS = ["db-1.prod.example.net", "10.0.3.7", "cache.internal", "mq-2", "localhost", "shop-db.c9x.eu-west-1.rds.example.com"]


class Maker:
    """Random pieces by seed."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def of(self, alphabet, size):
        return "".join(self.dice.choices(alphabet, k=size))

    def alnum(self, size):
        while True:
            value = self.of(ALNUM, size)
            if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
                return value

    def hex(self, size):
        return self.of(HEX, size)

    def upper(self, size):
        return self.of(string.ascii_uppercase + string.digits, size)

    def b64(self, size):
        return base64.b64encode(self.dice.randbytes(size)).decode()

    def url64(self, size):
        return self.of(ALNUM + "_-", size)

    def uuid(self):
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def password(self):
        word, other = self.dice.sample(WORDS, 2)
        number = self.dice.randrange(10, 9999)
        return self.dice.choice([
            f"{word.title()}{number}!", f"{word}{number}", f"{word[0].upper()}{word[1:3]}@{other}{number % 100}", self.alnum(self.dice.randrange(12, 25)),
            f"{word}-{other}-{number}!", f"{other.title()}#{number}{word}", f"{self.alnum(8)}$%{self.alnum(4)}", f"{word}_{number}{other.title()}",
            self.of(ALNUM + "!#%^*()_+-=.", 18).strip(".()-=") + "9a", f"Tr0ub4dor&{number}", f"{word.title()}{other.title()}{number}",
        ])  # fmt: skip

    def jwt(self):
        head = '{"alg":"HS256","typ":"JWT"}'
        body = f'{{"sub":"{self.alnum(8)}","exp":17724{self.dice.randrange(10**5)}}}'
        parts = (base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in (head, body))
        return ".".join((*parts, self.url64(43)))

    def pem(self, name="RSA ", lines=14):
        body = "\n".join(textwrap.wrap(self.b64(lines * 48), 64))
        return f"-----BEGIN {name}PRIVATE KEY-----\n{body}\n-----END {name}PRIVATE KEY-----"


# Kind: a function of a Maker that gives the secret itself.
TOKENS = {
    "aws access key": lambda m: m.dice.choice(["AKIA", "ASIA"]) + m.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    "github": lambda m: m.dice.choice(["ghp_", "gho_", "ghs_", "ghu_"]) + m.alnum(36),
    "github fine": lambda m: f"github_pat_{m.alnum(22)}_{m.alnum(59)}",
    "gitlab": lambda m: "glpat-" + m.url64(20),
    "slack bot": lambda m: f"xoxb-{m.of(string.digits, 12)}-{m.of(string.digits, 13)}-{m.alnum(24)}",
    "slack user": lambda m: f"xoxp-{m.of(string.digits, 12)}-{m.of(string.digits, 12)}-{m.of(string.digits, 13)}-{m.hex(32)}",
    "slack app": lambda m: f"xapp-1-A{m.upper(10)}-{m.of(string.digits, 13)}-{m.hex(64)}",
    "slack webhook": lambda m: f"https://hooks.slack.com/services/T{m.upper(8)}/B{m.upper(10)}/{m.alnum(24)}",
    "stripe": lambda m: m.dice.choice(["sk_live_", "rk_live_", "sk_test_"]) + m.alnum(m.dice.choice([24, 99])),
    "stripe webhook": lambda m: "whsec_" + m.alnum(32),
    "twilio": lambda m: "SK" + m.hex(32),
    "sendgrid": lambda m: f"SG.{m.url64(22)}.{m.url64(43)}",
    "google api": lambda m: "AIza" + m.url64(35),
    "google oauth": lambda m: "ya29." + m.url64(120),
    "google client": lambda m: "GOCSPX-" + m.url64(28),
    "npm": lambda m: "npm_" + m.alnum(36),
    "pypi": lambda m: "pypi-AgEIcHlwaS5vcmc" + m.url64(150),
    "jwt": Maker.jwt,
    "telegram": lambda m: f"{m.of('123456789', 10)}:AA{m.url64(33)}",
    "discord bot": lambda m: f"MT{m.alnum(22)}.{m.alnum(6)}.{m.url64(38)}",
    "discord webhook": lambda m: f"https://discord.com/api/webhooks/{m.of('123456789', 18)}/{m.url64(68)}",
    "square": lambda m: "sq0csp-" + m.url64(43),
    "mailgun": lambda m: "key-" + m.hex(32),
    "mailchimp": lambda m: m.hex(32) + "-us" + str(m.dice.randrange(1, 22)),
    "databricks": lambda m: "dapi" + m.hex(32),
    "digitalocean": lambda m: "dop_v1_" + m.hex(64),
    "vault": lambda m: "hvs." + m.url64(95),
    "shopify": lambda m: "shpat_" + m.hex(32),
    "openai": lambda m: f"sk-proj-{m.url64(74)}T3BlbkFJ{m.url64(74)}",
    "openai old": lambda m: f"sk-{m.alnum(20)}T3BlbkFJ{m.alnum(20)}",
    "model service": lambda m: f"sk-ant-api03-{m.url64(93)}AA",
    "hugging face": lambda m: "hf_" + m.of(string.ascii_letters, 34),
    "grafana": lambda m: f"glsa_{m.alnum(32)}_{m.hex(8)}",
    "new relic": lambda m: "NRAK-" + m.upper(27),
    "sentry": lambda m: "sntrys_" + m.b64(90).rstrip("="),
    "dynatrace": lambda m: f"dt0c01.{m.upper(24)}.{m.upper(64)}",
    "atlassian": lambda m: f"ATATT3xFfGF0{m.url64(170)}={m.hex(8).upper()}",
    "linear": lambda m: "lin_api_" + m.alnum(40),
    "docker hub": lambda m: "dckr_pat_" + m.url64(27),
    "terraform": lambda m: f"{m.alnum(14)}.atlasv1.{m.url64(67)}",
    "tailscale": lambda m: f"tskey-auth-{m.alnum(12)}-{m.alnum(32)}",
    "doppler": lambda m: "dp.pt." + m.alnum(43),
    "postman": lambda m: f"PMAK-{m.hex(24)}-{m.hex(34)}",
    "sonar": lambda m: "squ_" + m.hex(40),
    "brevo": lambda m: f"xkeysib-{m.hex(64)}-{m.alnum(16)}",
    "rubygems": lambda m: "rubygems_" + m.hex(48),
    "azure client": lambda m: f"{m.alnum(3)}8Q~{m.url64(34)}",
    "age": lambda m: "AGE-SECRET-KEY-1" + m.upper(58),
}
TOKEN_TEXTS = [
    "here is the token for now: {s}", "{s}", "try with {s} please", "`{s}`", "```\nexport TOKEN={s}\n```", "it's `{s}`, rotate it after", "I used {s}.",
    "oops, pasted the wrong thing: {s}, sorry", 'curl -H "Authorization: Bearer {s}" https://api.example.com/v1/me', "curl https://api.example.com/x?token={s}&a=1",
    '{{"level":"error","msg":"auth failed","token":"{s}","status":401}}', "2026-03-02T14:05:11Z ERROR api: rejected credentials {s} from 10.0.0.4",
    "SERVICE_TOKEN={s} ./deploy.sh", "  api_token: {s}", 'config = {{"key": "{s}"}}', "kubectl create secret generic t --from-literal=token={s}", "<{s}>", "({s})",
    "key={s};region=eu", 'msg="request" headers="x-api-key: {s}" status=403', "git clone https://x-access-token:{s}@git.example.com/shop.git", "--token {s} --verbose",
    "X-Api-Key: {s}", "token={s}", "@ana can you check {s}?", 'Set it to "{s}" in the console',
]  # fmt: skip

PASSWORD_TEXTS = [
    "password: {s}", "the password is {s}", "pw: {s}", "Password is `{s}`", 'password="{s}"', "DB_PASSWORD={s}", "export PGPASSWORD='{s}'", '{{"user":"app","password":"{s}"}}',
    "2026-03-02 14:05:00 DEBUG connecting with user=app password={s} host=db-1", "password = {s}", "  password: {s}", "spring.datasource.password={s}", "--password={s}",
    "--password {s} --host db-1", "root password for db-1 is {s}", "db password: {s}", "user: admin pass: {s}", "passwd={s}", "my pwd is {s}", "new password is {s}, please change it",
    "mysql -h db-1 -u root -p'{s}' shop", "sshpass -p '{s}' ssh ops@web-1", "curl -u admin:{s} https://es-1:9200/_cat/health", "ALTER ROLE shop WITH PASSWORD '{s}';",
    "Server=tcp:db-1,1433;Database=shop;User Id=app;Password={s};Encrypt=true", "jdbc:mysql://db-1/shop?user=app&password={s}", "creds: admin / {s}", "login admin:{s}",
    '{{\\"password\\":\\"{s}\\"}}', "<password>{s}</password>", "Password: {s}\r", "password '{s}'", "pass={s}", "REDIS_PASSWORD: {s}", "MYSQL_ROOT_PASSWORD={s} docker compose up",
    "machine git.example.com login ana password {s}", "*Password:* {s}", "Passwort: {s}", "the admin password for grafana is now {s}", "'password' => '{s}',", "requirepass {s}",
]  # fmt: skip

CONTEXT = {
    "aws secret": (lambda m: (m.b64(30)), ["aws_secret_access_key = {s}", '"SecretAccessKey": "{s}"', "AWS_SECRET_ACCESS_KEY={s}", "secret key: {s}", "aws configure set aws_secret_access_key {s}"]),
    "aws session": (lambda m: "IQoJb3JpZ2luX2Vj" + m.b64(300), ["aws_session_token={s}", "export AWS_SESSION_TOKEN={s}", "{s}"]),
    "basic header": (lambda m: base64.b64encode(f"ops:{m.alnum(12)}".encode()).decode(), ["Authorization: Basic {s}", "authorization: basic {s}", "-H 'Authorization: Basic {s}'", '"Authorization": "Basic {s}"', "Proxy-Authorization: Basic {s}"]),
    "bearer header": (lambda m: m.url64(m.dice.randrange(24, 80)), ["Authorization: Bearer {s}", "authorization=Bearer {s}", "> Authorization: Bearer {s}", '{{"headers":{{"Authorization":"Bearer {s}"}}}}', "sent with bearer {s}"]),
    "cookie": (lambda m: m.alnum(32), ["Cookie: session={s}; theme=dark", "Set-Cookie: sid={s}; Path=/; HttpOnly", "curl -b 'sessionid={s}' https://x", "cookie: _ga=GA1.2.3; auth={s}", "GET /cart;jsessionid={s} 500", "> Cookie: PHPSESSID={s}", '"Set-Cookie": "connect.sid=s%3A{s}; Path=/"']),
    "url token": (lambda m: m.alnum(32), ["https://shop.example/reset?token={s}", "GET /cb?access_token={s}&x=1 200", "https://api.example/x?api_key={s}", "https://s3.example/x?X-Amz-Signature={s}&X-Amz-Date=20260302T140500Z", "wss://rt.example/?auth={s}", "https://acc.blob.example/x?sv=2022&sig={s}%3D&se=2026", "https://meet.example/j/123?pwd={s}"]),
    "heroku": (Maker.uuid, ["HEROKU_API_KEY={s}", "heroku api key: {s}", "api_key: {s}"]),
    "datadog": (lambda m: m.hex(32), ["DD_API_KEY={s}", "datadog api key is {s}", "DD-API-KEY: {s}", '"api_key": "{s}"']),
    "pagerduty": (lambda m: "u+" + m.url64(18), ["Authorization: Token token={s}", "PAGERDUTY_TOKEN={s}", "pagerduty api key: {s}"]),
    "routing key": (lambda m: m.hex(32), ['"routing_key": "{s}"', "routing_key={s}", "integration key: {s}"]),
    "opsgenie": (Maker.uuid, ["Authorization: GenieKey {s}", "OPSGENIE_API_KEY={s}"]),
    "azure storage": (lambda m: m.b64(64), ["DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={s};EndpointSuffix=core.example.net", "AccountKey={s}", "AZURE_STORAGE_KEY={s}"]),
    "service bus": (lambda m: m.b64(32), ["Endpoint=sb://x.example/;SharedAccessKeyName=Root;SharedAccessKey={s}"]),
    "secret assignment": (lambda m: m.alnum(40), ["SECRET_KEY = '{s}'", "client_secret={s}", '"clientSecret": "{s}"', "JWT_SECRET={s}", "signing secret: {s}", "secret_key_base: {s}", "webhook secret is {s}"]),
    "api key": (lambda m: m.alnum(32), ["api key: {s}", "the api key is {s}", "X-API-Key: {s}", "apikey={s}", "api_key {s}", '"apiKey":"{s}"', "x-auth-token: {s}", "access_token: {s}", "--api-key {s}", "<apikey>{s}</apikey>"]),
    "wireguard": (lambda m: m.b64(32), ["[Interface]\nPrivateKey = {s}\nAddress = 10.0.0.2/32"]),
    "docker auth": (lambda m: base64.b64encode(f"ci:{m.alnum(20)}".encode()).decode(), ['{{"auths":{{"registry.example":{{"auth":"{s}"}}}}}}']),
    "kube token": (lambda m: m.url64(60), ["users:\n- name: ops\n  user:\n    token: {s}", "kubectl --token={s} get pods"]),
    "password hash": (lambda m: "$2b$12$" + m.of(ALNUM + "./", 53), ["hash is {s}", '"password_hash": "{s}"', "INSERT INTO users VALUES ('ana', '{s}')"]),
    "totp": (lambda m: m.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32), ["otpauth://totp/shop:ana?secret={s}&issuer=shop"]),
    "digest": (lambda m: m.hex(32), ['Authorization: Digest username="ana", realm="x", nonce="abc", response="{s}"']),
    "sentry dsn": (lambda m: m.hex(32), ["SENTRY_DSN=https://{s}@o12.ingest.example.io/42"]),
    "npmrc": (Maker.uuid, ["//registry.example.com/:_authToken={s}"]),
    "redis auth": (lambda m: m.alnum(24), ["redis-cli -h cache -a {s} ping", "CONFIG SET requirepass {s}"]),
}  # fmt: skip

SCHEMES = [
    "postgres",
    "postgresql",
    "mysql",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "mongodb",
    "mongodb+srv",
    "https",
    "ftp",
    "smtp",
    "kafka",
    "mssql+pyodbc",
    "clickhouse",
    "ldap",
    "nats",
    "http",
]
ADDRESS_TEXTS = [
    "{s}",
    "DATABASE_URL={s}",
    "connect to {s} failed: timeout",
    '"url":"{s}"',
    "psql '{s}'",
    "<{s}>",
    "dsn: {s}",
    "could not reach {s}, retrying",
    "`{s}`",
]


def planted(seed, count):
    """Yield (kind, text, the part that must not be seen) `count` times, the kinds in turn."""
    maker = Maker(seed)
    kinds = [
        *(("token", name) for name in TOKENS),
        *(("context", name) for name in CONTEXT),
        *[("password", "password")] * 12,
        *[("address", "address")] * 6,
        *[("key", "key")] * 4,
    ]
    for number in range(count):
        group, name = kinds[number % len(kinds)]
        if group == "token":
            secret = TOKENS[name](maker)
            text, seen = (
                maker.dice.choice(TOKEN_TEXTS).format(s=secret),
                secret.rsplit("/", 1)[-1] if "webhook" in name and secret.startswith("https") else secret,
            )
        elif group == "context":
            make, texts = CONTEXT[name]
            seen = make(maker)
            text = maker.dice.choice(texts).format(s=seen)
        elif group == "password":
            seen = maker.password()
            text = maker.dice.choice(PASSWORD_TEXTS).format(s=seen)
        elif group == "address":
            seen = maker.dice.choice(
                [
                    maker.alnum(16),
                    maker.password().replace("'", ""),
                    maker.password().replace("#", "").replace("%", "").replace("^", ""),
                ]
            )
            address = f"{maker.dice.choice(SCHEMES)}://{maker.dice.choice(['app', 'shop_rw', '', 'admin'])}:{seen}@{maker.dice.choice(HOSTS)}{maker.dice.choice([':5432/shop', '/shop?ssl=true', '/0', ''])}"
            text = maker.dice.choice(ADDRESS_TEXTS).format(s=address)
        else:
            name = maker.dice.choice(["RSA ", "", "EC ", "OPENSSH ", "ENCRYPTED "])
            key = maker.pem(name)
            seen = key.split("\n")[3]
            form = maker.dice.randrange(5)
            text = [
                f"```\n{key}\n```",
                '{"private_key": "' + key.replace("\n", "\\n") + '\\n", "id": 1}',
                "tls.key: |\n  " + key.replace("\n", "\n  "),
                " ".join(key.split("\n")),
                key.rsplit("\n", 2)[0],
            ][form]
        yield name if group != "key" else "private key", text, seen
