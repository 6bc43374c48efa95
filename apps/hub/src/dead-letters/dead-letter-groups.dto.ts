import { ApiProperty } from '@nestjs/swagger';
import type { DeadLetterGroup } from '@rollcall/provisioning';
import { DeadLetterView } from '../connections/progress.dto.js';

export class DeadLetterGroupView implements Omit<DeadLetterGroup, 'example'> {
  @ApiProperty({ description: 'The failure without what is particular to one; give it to retries.' })
  cause!: string;
  @ApiProperty({ nullable: true, type: String })
  code!: string | null;
  @ApiProperty({ nullable: true, type: String })
  attribute!: string | null;
  @ApiProperty()
  count!: number;
  @ApiProperty()
  first!: Date;
  @ApiProperty()
  last!: Date;
  @ApiProperty({ type: DeadLetterView, description: 'The last one.' })
  example!: DeadLetterView;
  @ApiProperty({ nullable: true, type: String, description: 'What to do about it.' })
  remedy!: string | null;
}

export class DeadLetterGroupList {
  @ApiProperty({ type: [DeadLetterGroupView] })
  items!: DeadLetterGroupView[];
}
