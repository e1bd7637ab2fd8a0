import { type GraphApi, toUnusableAnswerError } from './graph-api.js';
import type { GraphCaller } from './graph-call.js';
import { type Page, toPage } from './graph-objects.js';
import { InstagramError } from './instagram-error.js';
import { type PageSize, PageSizes, SizeSteps } from './page-sizes.js';

/** A list of the Graph API. */
export interface GraphList<T> {
  readonly path: string;
  /** The page size to start with. */
  readonly size: PageSize;
  /** The fields of an entry, with at most `expanded` entries of each list inside it. */
  readonly fields: (expanded: number) => string;
  readonly toItem: (entry: unknown) => T | undefined;
}

interface PageRequest<T> {
  readonly list: GraphList<T>;
  readonly size: PageSize;
  readonly after: string | undefined;
}

/** Reads pages of lists, and smaller pages if Instagram refuses one as too much data. */
export class ListReader {
  private readonly sizes: PageSizes;

  constructor(
    private readonly graph: Pick<GraphApi, 'call'>,
    clock: { now(): number },
  ) {
    this.sizes = new PageSizes(clock);
  }

  /**
   * Reads the page after a cursor. A cursor is valid for every page size.
   *
   * @throws {InstagramError} as `GraphApi.call`.
   */
  async read<T>(
    list: GraphList<T>,
    after: string | undefined,
    caller: GraphCaller,
  ): Promise<Page<T>> {
    const { path } = list;
    const steps = new SizeSteps(list.size, this.sizes.findDivisor(path));
    for (;;) {
      try {
        const page = await this.readPage({ list, size: steps.size, after }, caller);
        this.sizes.remember(path, steps.divisor);
        return page;
      } catch (error) {
        const remedy = error instanceof InstagramError ? error.remedy : undefined;
        if (!steps.advance(remedy)) throw error;
        // Remembered before it succeeds, so the next call continues here if the time runs out.
        if (remedy === 'smaller_page') this.sizes.remember(path, steps.divisor);
      }
    }
  }

  private async readPage<T>(
    { list, size, after }: PageRequest<T>,
    caller: GraphCaller,
  ): Promise<Page<T>> {
    const parameters = {
      fields: list.fields(size.expanded),
      limit: String(size.entries),
      ...(after === undefined ? {} : { after }),
    };
    const json = await this.graph.call(
      { method: 'GET', path: list.path, parameters, subject: 'media', hasSizes: true },
      caller,
    );
    if (!Array.isArray(json.data)) throw toUnusableAnswerError(200);
    return toPage(json, list.toItem);
  }
}
