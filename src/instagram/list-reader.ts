import type { Deadline } from '../common/deadline.js';
import type { Secret } from '../domain/secret.js';
import { type GraphApi, unusable } from './graph-api.js';
import { type Page, toPage } from './graph-objects.js';
import { InstagramError } from './instagram-error.js';
import { type PageSize, PageSizes, SizeSteps } from './page-sizes.js';

/** A list of the Graph API. */
export interface GraphList<T> {
  readonly path: string;
  /** The page size to read with where Instagram allows it. */
  readonly size: PageSize;
  /** The fields of an entry, with this many entries of each list inside it. */
  readonly fields: (expanded: number) => string;
  readonly toItem: (entry: unknown) => T | undefined;
}

/** Reads pages of lists, smaller ones where Instagram refuses a page as too much data. */
export class ListReader {
  private readonly sizes: PageSizes;

  constructor(
    private readonly graph: Pick<GraphApi, 'call'>,
    clock: { now(): number },
  ) {
    this.sizes = new PageSizes(clock);
  }

  /**
   * The page behind a cursor. A cursor is valid for every page size.
   *
   * @throws {InstagramError} as `GraphApi.call`.
   */
  async read<T>(
    list: GraphList<T>,
    after: string | undefined,
    { token, deadline }: { readonly token: Secret; readonly deadline: Deadline },
  ): Promise<Page<T>> {
    const { path } = list;
    const steps = new SizeSteps(list.size, this.sizes.divisorOf(path));
    for (;;) {
      try {
        const page = await this.ask(list, steps.size, after, token, deadline);
        this.sizes.remember(path, steps.divisor);
        return page;
      } catch (error) {
        const remedy = error instanceof InstagramError ? error.remedy : undefined;
        if (!steps.advance(remedy)) throw error;
        // Remembered before it succeeds: the next call goes on from here where the time is up.
        if (remedy === 'smaller_page') this.sizes.remember(path, steps.divisor);
      }
    }
  }

  private async ask<T>(
    { path, fields, toItem }: GraphList<T>,
    { entries, expanded }: PageSize,
    after: string | undefined,
    token: Secret,
    deadline: Deadline,
  ): Promise<Page<T>> {
    const parameters = {
      fields: fields(expanded),
      limit: String(entries),
      ...(after === undefined ? {} : { after }),
    };
    const json = await this.graph.call(
      { method: 'GET', path, parameters, subject: 'media' },
      token,
      deadline,
    );
    if (!Array.isArray(json.data)) throw unusable(200);
    return toPage(json, toItem);
  }
}
