import { COMMANDS, type Command, EXIT_CODES, FORMATS, FORMS } from './commands.ts';
import { dashed, FLAGS, type Flag } from './flags.ts';

/** The help of all, or of one command: made of the tables. */
export function helpText(command?: Command): string {
  return (command === undefined ? general() : about(command)).join('\n');
}

function general(): string[] {
  return [
    'Usage',
    '  $ metaldeck [command] [flags]',
    '',
    'Commands',
    ...Object.entries(COMMANDS).map(([name, title]) => `  ${name.padEnd(12)} ${title}`),
    '  COMMAND --help tells of one alone.',
    '',
    ...flagLines((_name, { title, commands }) => (commands ? `${title} (${commands.join(', ')})` : title)),
    ...EXIT_CODES.flatMap(([of, , lines]) => codeLines(of, lines)),
  ];
}

function about(command: Command): string[] {
  const forms: readonly (readonly [string, string])[] = FORMS[command as keyof typeof FORMS] ?? [];
  const width = Math.max(...forms.map(([form]) => form.length));
  const codes = EXIT_CODES.filter(([, commands]) => commands.includes(command));
  return [
    COMMANDS[command],
    '',
    'Usage',
    ...(forms.length === 0 ? [`  $ metaldeck ${command} [flags]`] : []),
    ...forms.map(([form, does]) => `  $ metaldeck ${command} ${form.padEnd(width)}  ${does}`),
    '',
    ...flagLines((name, { title, commands }) => {
      if (commands && !commands.includes(command)) return undefined;
      if (name !== 'output') return title;
      return command === 'report' ? 'the file to write' : `one of ${FORMATS[command]?.join(', ')}`;
    }),
    ...codes.flatMap(([of, , lines]) => codeLines(of, lines)),
  ];
}

const codeLines = (of: string, lines: readonly string[]) => [
  `Exit codes of ${of}`,
  ...lines.map((line) => `  ${line}`),
];

/** The flags that `titled` says something of. */
function flagLines(titled: (name: string, flag: Flag) => string | undefined): string[] {
  const lines = (Object.entries(FLAGS) as [string, Flag][]).flatMap(([name, flag]) => {
    const title = titled(name, flag);
    const short = flag.short ? `-${flag.short}, ` : '';
    const left = `${short}--${dashed(name)}${flag.value ? ` ${flag.value}` : ''}`;
    return title === undefined ? [] : [`  ${left.padEnd(24)} ${title}`];
  });
  return ['Flags', ...lines, ''];
}
