import { describe, expect, it } from 'vitest';
import { clipboardSequence, MOST_ENCODED } from '../../src/terminal/clipboard.ts';

const decode = (bytes: string | undefined) =>
  Buffer.from(/\x1b\]52;c;([A-Za-z0-9+/=]*)\x07/.exec(bytes ?? '')?.[1] ?? '', 'base64').toString('utf8');

describe('a clipboard sequence', () => {
  it('is OSC 52 with the text in base64', () => {
    expect(clipboardSequence('rack3-u12', undefined)).toEqual({ bytes: '\x1b]52;c;cmFjazMtdTEy\x07' });
    expect(decode(clipboardSequence('名前 ü\n\x1b]0;x\x07', undefined).bytes)).toBe('名前 ü\n\x1b]0;x\x07');
  });

  it('goes to tmux itself and through it', () => {
    const plain = '\x1b]52;c;cmFjazMtdTEy\x07';
    expect(clipboardSequence('rack3-u12', 'tmux').bytes).toBe(`${plain}\x1bPtmux;\x1b${plain}\x1b\\`);
  });

  it('goes through screen in pieces it does not cut', () => {
    const text = 'x'.repeat(3000);
    const { bytes } = clipboardSequence(text, 'screen');
    const pieces = [...(bytes ?? '').matchAll(/\x1bP(.*?)\x1b\\/gs)].map(([, piece]) => piece!);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.map((piece) => piece.length <= 768)).not.toContain(false);
    expect(decode(pieces.join(''))).toBe(text);
    expect(pieces.map((piece) => `\x1bP${piece}\x1b\\`).join('')).toBe(bytes);
  });

  it('is refused when empty or larger than terminals take', () => {
    expect(clipboardSequence('', undefined)).toEqual({ refused: 'empty' });
    const most = (MOST_ENCODED / 4) * 3 - 3;
    expect(clipboardSequence('x'.repeat(Math.floor(most)), undefined).bytes).toBeDefined();
    expect(clipboardSequence('x'.repeat(Math.floor(most) + 4), undefined)).toEqual({ refused: 'too large' });
  });
});
