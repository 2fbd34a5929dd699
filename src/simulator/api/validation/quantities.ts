/** Kubernetes' quantities: `250m`, `2Gi`, `1e3`. As k8s.io/apimachinery/pkg/api/resource reads, compares and writes them. */

const SHAPE = /^([+-]?)(\d+\.?\d*|\.\d+)((?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?)$/;
const EXPONENTS: Readonly<Record<string, number>> = {
  ...{ n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 },
};
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
/** Nothing is smaller than a billionth. */
const SMALLEST = 9;

/** Billionths; undefined where it is no quantity. */
export function readQuantity(value: unknown): bigint | undefined {
  const [, sign, digits = '', suffix = ''] = SHAPE.exec(String(value)) ?? [];
  if (digits === '') return undefined;
  const [whole = '', part = ''] = digits.split('.');
  const exponent = /^[eE]./.test(suffix) ? Number(suffix.slice(1)) : (EXPONENTS[suffix] ?? 0);
  const shift = BigInt(BINARY[suffix] ?? 0);
  const raised = SMALLEST + exponent - part.length;
  const mantissa = BigInt(whole + part || '0') << shift;
  const scaled = raised >= 0 ? mantissa * 10n ** BigInt(raised) : roundUp(mantissa, 10n ** BigInt(-raised));
  return sign === '-' ? -scaled : scaled;
}

/** What is smaller than the smallest counts as that. */
const roundUp = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

/** `BinarySI`, `DecimalSI` or `DecimalExponent`: how a quantity is written. */
export function suffixFormat(text: string): string {
  if (/i$/.test(text)) return 'BinarySI';
  return /[eE][+-]?\d+$/.test(text) ? 'DecimalExponent' : 'DecimalSI';
}

/** The whole number and the power of ten of a quantity, as Go keeps it. */
export function numberOf(text: string): { digits: string; scale: number } {
  const all = readQuantity(text) ?? 0n;
  for (const scale of [0, -3, -6]) {
    const unit = 10n ** BigInt(SMALLEST + scale);
    if (all % unit === 0n) return { digits: String(all / unit), scale };
  }
  return { digits: String(all), scale: -SMALLEST };
}

/** Billionths as a quantity is written, in the format of `like`. */
export function writeQuantity(value: bigint, like = 'DecimalSI'): string {
  if (value === 0n) return '0';
  const sign = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  const one = 10n ** BigInt(SMALLEST);
  if (like === 'BinarySI' && size % one === 0n && size / one >= 1024n) {
    const whole = size / one;
    const [suffix] = Object.entries(BINARY)
      .filter(([, bits]) => whole % (1n << BigInt(bits)) === 0n)
      .at(-1) ?? [''];
    return `${sign}${whole >> BigInt(BINARY[suffix] ?? 0)}${suffix}`;
  }
  const units = Object.entries(EXPONENTS).toSorted(([, a], [, b]) => b - a);
  const [suffix, exponent] = units.find(([, power]) => size % 10n ** BigInt(SMALLEST + power) === 0n) ?? [
    'n',
    -SMALLEST,
  ];
  return `${sign}${size / 10n ** BigInt(SMALLEST + exponent)}${suffix}`;
}

/** A quantity as the server writes it; as it is where it is none. */
export function canonical(value: unknown): string {
  const read = readQuantity(value);
  return read === undefined ? String(value) : writeQuantity(read, suffixFormat(String(value)));
}
