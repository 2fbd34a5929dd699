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
/** `"token":"x"` anywhere in a line. */
const JSON_FIELD = /("([\w.-]+)"\s*:\s*")((?:[^"\\]|\\.)+)(?=")/g;
/** `--token x`, `--password=x`. */
const FLAG = /(--?[\w-]*(?:token|password|secret|-key)[ =])(?!<redacted)("[^"]*"|'[^']*'|\S+)/gi;
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

/** A text with the secrets in it replaced: by shape wherever they stand, by key where the text has lines. */
export function redactText(text: string): string {
  const masked = text
    .replace(PEM, (block) => redacted(sizeOf(block)))
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
