/** Secrets inside text: cloud-configs, scripts, URLs, messages. Replaced by a word of their size, never shortened. */

/** Keys whose string value is a secret. */
const SECRET_KEY = /(?:token|password|passwd|secret|private[\w-]*|credentials?|key)(?:-data)?$/i;
/** Keys that look secret by name and are references, selectors or Kubernetes' own. */
const PLAIN_KEY =
  /^(?:key|topologyKey|labelKey|dataSecretName|secretName|secret-name|secretNamespace|secret-namespace|public[\w-]*key)$/i;

const PEM = /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(?:-----END [A-Z0-9 ]+-----|$)/g;
/** kubeadm's bootstrap tokens: six characters, a dot, sixteen. */
const JOIN_TOKEN = /(?<![a-z0-9.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![a-z0-9.-])/g;
/** The token is the path segment after these words (`{server}/elemental/registration/{token}`). */
const TOKEN_PATH = /(\/elemental\/(?:registration|seedimage)\/)[^/?#\s"']+/g;
const URL_PASSWORD = /(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g;
/** `"token":"x"` anywhere in a line; also where the text was cut before its end. */
const JSON_FIELD = /("([\w.-]+)"\s*:\s*")((?:[^"\\]|\\.)+)(?="|\\?$)/g;
/** `--token x`, `--password=x`. */
// Dashes are taken all at once and letters in a bounded run: on a line of either a free one takes the square of its length.
const FLAG = /((?<!-)-+(?!-)[\w-]{0,64}(?:token|password|secret|(?<=-)key)[ =])(?!<redacted)("[^"]*"|'[^']*'|\S+)/gi;
/** Signed tokens of service accounts and of OpenID Connect: three base64url parts, the first of which is `{"`. */
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g;
/** What follows `Authorization:`, or a bearer's word that is too long to be prose. */
const AUTHORIZATION = /\b(authorization\s*[:=]\s*(?:\w+\s+)?|bearer\s+(?=\S{20}))(?!<redacted)([\w.~+/=-]{8,})/gi;
/** `kubeadm init` prints it on a line of its own; anyone who has it can read the cluster's keys. */
const CERTIFICATE_KEY = /(certificate[ -]key["']?[:=]?\s+)([0-9a-f]{64})\b/gi;
/** PEM in base64 (`LS0tLS1CRUdJTi` is `-----BEGIN`), gzip in base64 (`H4sI`), or so long a run that it is no word. */
const ENCODED =
  /LS0tLS1CRUdJTi[A-Za-z0-9+/=]*|H4sI[A-Za-z0-9+/]{60,}={0,2}|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{200,}={0,2}/g;
/** The first line of user-data. */
const USER_DATA = /^(?:## template: jinja|#cloud-config)\b/;
/** Keys of cloud-init and of Elemental's own configuration: at the start of a line they go on with user-data. */
const USER_DATA_KEY =
  /^(?:[\w-]+:\s*(?:[|>][+-]?\d?)?\s*$|(?:write_files|runcmd|bootcmd|users|ssh_\w+|hostname|fqdn|ntp|packages|mounts|chpasswd|name|timezone|preserve_hostname|manage_\w+|final_message|power_state|stages|disable_root)\s*:)/;

/** `key: value` or `KEY=value` as the whole of a line. */
const LINE = /^(\s*(?:-\s+)?(?:export\s+)?["']?([\w.-]+)["']?(?:\s*:\s+|\s*=\s*|:$))(.*)$/;
const BLOCK_SCALAR = /^[|>][+-]?\d?\s*(?:#.*)?$/;

/** The word that stands for a secret of so many bytes. */
export function redacted(bytes: number): string {
  return `<redacted, ${bytes} bytes>`;
}

/** Size in bytes as sent. */
export function sizeOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Whether a key's string value is a secret. */
export function isSecretKey(key: string): boolean {
  const last = key.slice(key.lastIndexOf('/') + 1);
  return SECRET_KEY.test(last) && !PLAIN_KEY.test(last);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Lines whose key is secret lose their value; a block of lines under such a key goes with it. */
function redactLines(text: string): string {
  const shown: string[] = [];
  let under: number | undefined;
  for (const line of text.split('\n')) {
    if (under !== undefined) {
      if (line.trim() === '' || indentOf(line) > under) continue;
      under = undefined;
    }
    const [, head = '', key = '', value = ''] = LINE.exec(line) ?? [];
    if (key === '' || !isSecretKey(key) || value.startsWith('<redacted')) {
      shown.push(line);
    } else if (BLOCK_SCALAR.test(value)) {
      under = indentOf(line);
      shown.push(`${head}<redacted>`);
    } else {
      shown.push(value === '' ? line : `${head}${redacted(sizeOf(value))}`);
    }
  }
  return shown.join('\n');
}

/** A PEM block whose beginning was cut off: its lines of base64 and its end. */
function redactPemEnds(text: string): string {
  if (!text.includes('-----END ')) return text;
  const shown: string[] = [];
  for (const line of text.split('\n')) {
    const [, before = '', after = ''] = /^(.*?)-----END [A-Z0-9 ]+-----(.*)$/.exec(line) ?? [];
    if (!line.includes('-----END ') || before + after === line) {
      shown.push(line);
      continue;
    }
    while (/^\s*[A-Za-z0-9+/=]{16,}\s*$/.test(shown.at(-1) ?? '')) shown.pop();
    shown.push(`<redacted>${after}`);
  }
  return shown.join('\n');
}

/** A text with whole documents of user-data in it, each as one line of its size; what follows them stays. */
export function redactUserData(text: string): string {
  if (!text.includes('#cloud-config') && !text.includes('## template: jinja')) return text;
  const shown: string[] = [];
  let document: string[] | undefined;
  const end = () => {
    if (document) shown.push(`<redacted user-data, ${sizeOf(document.join('\n'))} bytes>`);
    document = undefined;
  };
  for (const line of text.split('\n')) {
    const goesOn = document !== undefined && (/^(?:\s|#|- |-$|---|$)/.test(line) || USER_DATA_KEY.test(line));
    if (goesOn) document!.push(line);
    else {
      end();
      if (USER_DATA.test(line)) document = [line];
      else shown.push(line);
    }
  }
  end();
  return shown.join('\n');
}

/** A text with the secrets in it replaced: by shape wherever they stand, by key where the text has lines. */
export function redactText(text: string): string {
  const masked = redactPemEnds(text.replace(PEM, (block) => redacted(sizeOf(block))))
    .replace(JWT, (token) => redacted(sizeOf(token)))
    .replace(ENCODED, (blob) => redacted(sizeOf(blob)))
    .replace(CERTIFICATE_KEY, (_, head: string, key: string) => `${head}${redacted(sizeOf(key))}`)
    .replace(AUTHORIZATION, (_, head: string, value: string) => `${head}${redacted(sizeOf(value))}`)
    .replace(TOKEN_PATH, '$1<redacted>')
    .replace(URL_PASSWORD, '$1<redacted>')
    .replace(JOIN_TOKEN, (token) => redacted(sizeOf(token)))
    .replace(FLAG, (_, head: string, value: string) => `${head}${redacted(sizeOf(value))}`)
    .replace(JSON_FIELD, (whole, head: string, key: string, value: string) =>
      isSecretKey(key) && !value.startsWith('<redacted') ? `${head}${redacted(sizeOf(value))}` : whole,
    );
  return masked.includes('\n') ? redactLines(masked) : masked;
}

/** A URL with its token masked; one of an unknown shape loses all behind its host. */
export function redactUrl(url: string): string {
  const masked = redactText(url);
  return masked === url ? url.replace(/^([a-z]+:\/\/[^/]+\/).+$/i, '$1<redacted>') : masked;
}
