/** Which controllers are parts of which program, and which programs run: a program that is stopped reconciles nothing. */
export class Programs {
  readonly #parts = new Map<string, string[]>();
  readonly #of = new Map<string, string>();
  readonly #stopped = new Set<string>();
  /** Whose parts those controllers are that are registered at the moment. */
  #registering: string | undefined;

  /** The controllers that `register` registers are parts of a program. */
  within(program: string, register: () => void): void {
    this.#registering = program;
    register();
    this.#registering = undefined;
  }

  /** A controller is registered: it is a part of the program whose turn it is, or of none. */
  joins(controller: string): void {
    const program = this.#registering;
    if (program === undefined) return;
    this.#parts.set(program, [...(this.#parts.get(program) ?? []), controller]);
    this.#of.set(controller, program);
  }

  /** The program that a controller is a part of; undefined where it is of none. */
  of(controller: string): string | undefined {
    return this.#of.get(controller);
  }

  /** Notes that a program runs, or no longer does; answers the controllers that go with it. */
  run(program: string, runs: boolean): readonly string[] {
    if (runs) this.#stopped.delete(program);
    else this.#stopped.add(program);
    return this.#parts.get(program) ?? [];
  }

  /** Whether a program runs: each does until told otherwise. */
  runs(program: string): boolean {
    return !this.#stopped.has(program);
  }
}
