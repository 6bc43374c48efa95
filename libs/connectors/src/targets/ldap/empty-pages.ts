import {
  type Client,
  PagedResultsControl,
  SearchRequest,
  SearchResponse,
  TimeLimitExceededError,
} from 'ldapts';

/** Of ldapts 8: each request goes out here, and its answer comes whole. */
interface Sending {
  _send(message: unknown): Promise<unknown>;
  _nextMessageId(): number;
}

const mostEmptyPages = 1_000;

/**
 * A page may be empty and have a cookie (RFC 2696 section 3): Windows answers so where a query takes long, and the list
 * goes on behind it. ldapts takes such a page for the last one, so the next is asked for before ldapts sees it.
 */
export function askOnAfterEmptyPages(client: Client): void {
  const sending = client as unknown as Sending;
  const send = sending._send.bind(client);
  sending._send = async (message) => {
    let answer = await send(message);
    if (!(message instanceof SearchRequest)) return answer;
    const paging = message.controls?.find((control) => control instanceof PagedResultsControl);
    if (!paging) return answer;
    let cookie = cookieOfEmpty(answer);
    for (let pages = 1; cookie !== undefined; pages += 1) {
      if (pages === mostEmptyPages)
        throw new TimeLimitExceededError('The server gives empty pages without end.');
      paging.value = { size: paging.value!.size, cookie };
      message.messageId = sending._nextMessageId();
      answer = await send(message);
      cookie = cookieOfEmpty(answer);
    }
    return answer;
  };
}

function cookieOfEmpty(answer: unknown): Buffer | undefined {
  if (!(answer instanceof SearchResponse) || answer.status !== 0) return undefined;
  if (answer.searchEntries.length + answer.searchReferences.length > 0) return undefined;
  const paging = answer.controls?.find((control) => control instanceof PagedResultsControl);
  const cookie = paging?.value?.cookie;
  return cookie && cookie.length > 0 ? cookie : undefined;
}
