/** Kubernetes' quantities as numbers: `250m` is a quarter, `2Gi` is 2^31. As k8s.io/apimachinery/pkg/api/resource reads them. */

const units: Readonly<Record<string, number>> = {
  ...{ m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** A quantity as a number; 0 for what is none. */
export function amount(quantity: string | number | undefined): number {
  const [, number = '0', unit = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(String(quantity ?? '0')) ?? [];
  return Number(number) * (units[unit] ?? (unit === '' ? 1 : 0));
}
