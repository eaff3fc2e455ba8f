// The lesson in nine steps. Each is checked on what the learner's account really has and did, so that it
// ticks itself whichever of the three ways was used: the console, the CLI or the API.
import { control } from './api.js';
import { useRoute } from './router.js';
import { concerns, useQuery, useRecord } from './state.js';

// What can be asked of the evidence.
function evidenceOf({ nodes, edges }, lines, account) {
    const byId = new Map(nodes.map(node => [node.id, node]));
    const own = id => byId.get(id)?.account === account;
    return {
        asked: (operation, test = () => true) => lines.some(line => line.operation === operation
            && !line.event && !line.code && line.account === account && test(line.parameters ?? {})),
        happened: test => lines.some(line => line.event && test(line)),
        some: test => nodes.some(node => node.account === account && test(node)),
        made: (kind, test) => edges.some(edge => edge.kind === kind && own(edge.to)
            && test(byId.get(edge.from) ?? {}, byId.get(edge.to))),
        own,
    };
}

const no = value => value !== 'true';

// cli, api: the other two ways; page, action: where the console does it.
export const STEPS = [
    { id: 'launch', title: 'Launch an instance from a standard AMI',
        text: 'Amazon Linux 2023, Ubuntu, Windows: somebody else made the AMI, you start from it.',
        page: 'instances', where: 'Instances › Launch instance',
        cli: r => `aws ec2 run-instances --region ${r} --instance-type t3.micro \\\n`
            + '    --image-id resolve:ssm:/aws/service/ami-amazon-linux-latest/'
            + 'al2023-ami-kernel-default-x86_64 \\\n    --iam-instance-profile Name=lesson',
        api: 'ec2.run_instances(ImageId="ami-…", InstanceType="t3.micro", MinCount=1, MaxCount=1)',
        done: e => e.made('RunInstances', image => !e.own(image.id)) || e.asked('RunInstances') },
    { id: 'software', title: 'Put software on it',
        text: 'A file in the guest, a command through Run Command, or user data at the launch. It is what '
            + 'makes the AMI yours.',
        page: 'instances', where: 'an instance › Guest files › Write a file',
        cli: r => `aws ssm send-command --region ${r} --instance-ids i-… \\\n`
            + '    --document-name AWS-RunShellScript \\\n'
            + "    --parameters 'commands=[\"mkdir -p /opt/app\",\"echo 1.2 > /opt/app/version\"]'",
        api: 'ssm.send_command(InstanceIds=["i-…"], DocumentName="AWS-RunShellScript", …)',
        done: e => e.asked('SendCommand') || e.asked('RunInstances', sent => sent.UserData)
            || e.happened(line => line.operation === 'WriteGuestFile') },
    { id: 'image', title: 'Create an image, with reboot',
        text: 'The guest shuts down, everything is on its volumes, snapshots are taken, it boots again. '
            + 'Its console log says so.',
        page: 'instances', where: 'Instances › Actions › Create image',
        cli: r => `aws ec2 create-image --region ${r} --instance-id i-… --name golden-1`,
        api: 'ec2.create_image(InstanceId="i-…", Name="golden-1")',
        done: e => e.asked('CreateImage', sent => no(sent.NoReboot)) },
    { id: 'no-reboot', title: 'The same without reboot: what is lost?',
        text: 'Write one more file, then at once create an image with “Reboot instance” cleared. '
            + 'Consistency tells which files the image lost.',
        page: 'consistency', where: 'Consistency',
        cli: r => `aws ec2 create-image --region ${r} --instance-id i-… --name careless --no-reboot`,
        api: 'ec2.create_image(InstanceId="i-…", Name="careless", NoReboot=True)',
        done: e => e.asked('CreateImage', sent => sent.NoReboot === 'true') },
    { id: 'custom', title: 'Launch from your own AMI',
        text: 'Two instances now look alike, but only one is based on your AMI: the lineage shows which.',
        page: 'images', where: 'AMIs › Actions › Launch instance from AMI',
        cli: r => `aws ec2 run-instances --region ${r} --image-id ami-… --instance-type t3.micro`,
        api: 'ec2.run_instances(ImageId="ami-…", InstanceType="t3.micro", MinCount=1, MaxCount=1)',
        done: e => e.made('RunInstances', image => e.own(image.id)) },
    { id: 'copy', title: 'Copy it to another Region, with a key of your own',
        text: 'The copy has its own ID and its own snapshots, encrypted with a key of the destination '
            + 'Region. A key of another Region is refused: read why.',
        page: 'images', where: 'AMIs › Actions › Copy AMI',
        cli: r => 'key=$(aws kms create-key --region us-west-2 --query KeyMetadata.Arn --output text)\n'
            + `aws ec2 copy-image --region us-west-2 --source-region ${r} --source-image-id ami-… \\\n`
            + '    --name golden-1 --encrypted --kms-key-id "$key"',
        api: 'ec2_west.copy_image(SourceImageId="ami-…", SourceRegion="…", Name="golden-1", …)',
        done: e => e.made('CopyImage', (from, to) => from.region !== to.region && to.encrypted) },
    { id: 'kernel', title: 'A copy that fails: the kernel is missing',
        text: 'Turn the scenario aki-missing on and copy a paravirtual AMI to another Region. The copy '
            + 'fails half a minute later, and says why.',
        page: 'scenarios', where: 'Scenarios › aki-missing, then Copy AMI',
        cli: r => `curl -X PUT -H 'X-Amisim: 1' ${location.origin}/_amisim/scenarios/aki-missing\n`
            + `aws ec2 copy-image --region us-west-2 --source-region ${r} --source-image-id ami-… \\\n`
            + '    --name old-one',
        api: 'ec2_west.copy_image(SourceImageId="ami-…", SourceRegion="…", Name="old-one")',
        done: e => e.made('CopyImage', (from, to) => to.state === 'failed') },
    { id: 'deregister', title: 'Deregister it, and see what is still charged',
        text: 'Deregistering leaves the snapshots. Jump 30 days, look at the cost, then delete them.',
        page: 'cost', where: 'AMIs › Actions › Deregister AMI, then Cost',
        cli: r => `aws ec2 deregister-image --region ${r} --image-id ami-…\n`
            + `curl -H 'X-Amisim: 1' -d '{"advance": "30d"}' ${location.origin}/_amisim/clock\n`
            + `aws ec2 delete-snapshot --region ${r} --snapshot-id snap-…`,
        api: 'ec2.deregister_image(ImageId="ami-…"); ec2.delete_snapshot(SnapshotId="snap-…")',
        done: e => e.some(node => node.kind === 'image' && node.state === 'deregistered')
            && (e.asked('DeleteSnapshot')
                || e.asked('DeregisterImage', sent => sent.DeleteAssociatedSnapshots === 'true')) },
    { id: 'windows', title: 'Windows: an AMI of a Windows instance',
        text: 'An instance of an AMI that was not prepared with Sysprep makes no new password. Launch '
            + 'Windows Server, create an image of it and see what Get password says of its instances.',
        page: 'instances', where: 'Instances › Launch instance › a Windows AMI, then Create image',
        cli: r => `aws ec2 run-instances --region ${r} --instance-type t3.micro --key-name my-key \\\n`
            + '    --image-id resolve:ssm:/aws/service/ami-windows-latest/'
            + 'Windows_Server-2022-English-Full-Base\n'
            + `aws ec2 create-image --region ${r} --instance-id i-… --name windows-1`,
        api: 'ec2.create_image(InstanceId="i-…", Name="windows-1")',
        done: e => e.some(node => node.kind === 'image' && node.platform === 'windows') },
];

export function useTour() {
    const { account, region } = useRoute();
    const { lines } = useRecord();
    const { value } = useQuery(`tour ${account}`, () => control(
        `world?account=${account}`), concerns(account));
    const evidence = value && evidenceOf(value, lines, account);
    const steps = STEPS.map(step => ({ ...step, cli: step.cli(region),
        done: Boolean(evidence && step.done(evidence)) }));
    return { steps, next: steps.find(step => !step.done), ready: Boolean(value) };
}
