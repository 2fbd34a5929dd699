/** A number of bytes in words: `812 bytes`, `4.1 KiB`, `96 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  if (bytes < 1024) return `${bytes} bytes`;
  const [divisor, unit] = bytes < 1024 ** 2 ? [1024, 'KiB'] : [1024 ** 2, 'MiB'];
  const value = bytes / divisor;
  return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)} ${unit}`;
}
