import { applyDecorators, Header } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { PAGE_HEADERS } from './page.js';

/** Method decorator of a route that answers with a plain page: no script, no frame, no cache. */
export function HtmlPage({ cached = false } = {}): MethodDecorator {
  return applyDecorators(
    ApiOkResponse({
      description: 'The page.',
      content: { 'text/html': { schema: { type: 'string' } } },
    }),
    ...Object.entries(PAGE_HEADERS).map(([name, value]) => Header(name, value)),
    ...(cached ? [] : [Header('cache-control', 'no-store')]),
  );
}
