/** What the help tells of all, and of one command alone. */
import { describe, expect, it } from 'vitest';
import { COMMANDS, type Command, FORMATS, FORMS, SESSION_VERBS } from '../../src/cli/commands.ts';
import { helpText } from '../../src/cli/help.ts';
import { parseArguments } from '../../src/cli.ts';

const parse = (...words: string[]) =>
  parseArguments(words, import.meta, { name: 'metaldeck', version: '0', description: '' });

describe('the help', () => {
  it('of all names every command, and that each has a help of its own', () => {
    const text = helpText();
    for (const command of Object.keys(COMMANDS)) expect(text).toContain(`\n  ${command} `);
    expect(text).toContain('COMMAND --help');
    expect(text).not.toContain('yaml, text');
  });

  it('of upgrade names each of its forms with what it does, and the flags it knows', () => {
    const text = helpText('upgrade');
    for (const verb of ['plan', ...SESSION_VERBS]) {
      expect(text).toMatch(new RegExp(`\\$ metaldeck upgrade ${verb} CLUSTER.* {2}\\S.*`));
    }
    expect(text).toContain('--rows LIST');
    expect(text).toContain('5 waits for somebody');
    expect(text).not.toContain('--scenario');
    expect(text).not.toContain('Exit codes of run');
  });

  it.each(Object.keys(FORMS))('of %s has a line for each form', (command) => {
    const forms = FORMS[command as keyof typeof FORMS];
    expect(helpText(command as Command).split(`$ metaldeck ${command} `)).toHaveLength(forms.length + 1);
  });

  it.each(Object.keys(FORMATS))('of %s lists no format that it refuses', (command) => {
    const [, list = ''] = /--output FORMAT +one of (.*)/.exec(helpText(command as Command)) ?? [];
    const formats = list.split(', ');
    expect(formats).toEqual(FORMATS[command as Command]);
    for (const format of formats) expect(parse(command, '-o', format).output).toBe(format);
  });

  it('takes no text from a snapshot', () => {
    expect(() => parse('snapshot', '-o', 'text')).toThrow('--output takes one of table, wide, json, yaml, not "text"');
  });
});
