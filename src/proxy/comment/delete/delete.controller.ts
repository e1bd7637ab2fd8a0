import { ProxyCall } from '../../proxy-call.js';
import { ProxyController, ProxyRoute } from '../../proxy-route.decorator.js';
import { DeleteAnswer } from './delete-answer.dto.js';
import { DeleteClientData } from './delete-client-data.dto.js';
import { DELETE_EXAMPLES } from './delete.examples.js';
import { DeleteService } from './delete.service.js';

@ProxyController('comment/delete')
export class DeleteController {
  constructor(private readonly comments: DeleteService) {}

  @ProxyRoute({
    summary: "Delete a comment on the account's post, with its replies",
    description:
      'Cannot be undone. A repeat is answered with `target_unavailable`, because Instagram does ' +
      'not distinguish deleted comments from unknown ones. Needs `instagram_manage_comments`.',
    clientData: DeleteClientData,
    answers: [DeleteAnswer],
    examples: DELETE_EXAMPLES,
  })
  delete(@ProxyCall(DeleteClientData) call: ProxyCall<DeleteClientData>): Promise<DeleteAnswer> {
    return this.comments.delete(call);
  }
}
