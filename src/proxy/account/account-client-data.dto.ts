import { ApiSchema } from '@nestjs/swagger';

/** `client_data` of `POST /account`. */
@ApiSchema({ description: 'Nothing: the account is that of the metadata.' })
export class AccountClientData {}
