// Takes the place of Intl.Segmenter in the bundle. The first one of a process loads the rules of Unicode, which takes as
// long as drawing a frame, and six packages make one each before anybody has a text to take apart.
const { Segmenter: Real } = Intl;

/** Intl.Segmenter, made when it is first used. */
export class LazySegmenter implements Intl.Segmenter {
  readonly #arguments: ConstructorParameters<typeof Real>;
  #real: Intl.Segmenter | undefined;

  constructor(...options: ConstructorParameters<typeof Real>) {
    this.#arguments = options;
  }

  get #made(): Intl.Segmenter {
    this.#real ??= new Real(...this.#arguments);
    return this.#real;
  }

  segment(input: string): Intl.Segments {
    return this.#made.segment(input);
  }

  resolvedOptions(): Intl.ResolvedSegmenterOptions {
    return this.#made.resolvedOptions();
  }
}
