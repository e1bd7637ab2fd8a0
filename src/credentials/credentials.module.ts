import { Module } from '@nestjs/common';
import { CredentialsService } from './credentials.service.js';
import { SealedNotes } from './sealed-notes.js';

/** Metadata string in, account out. */
@Module({
  providers: [CredentialsService, SealedNotes],
  exports: [CredentialsService, SealedNotes],
})
export class CredentialsModule {}
