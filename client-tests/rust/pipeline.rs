//! One image from the launch of its builder to the end of its last snapshot, as a pipeline written with
//! the AWS SDK for Rust would do it; and what is refused. Endpoint, Region and credentials come from the
//! environment alone. Each step looks at what it left behind, and the first that is not as it should be
//! ends the program.
use std::env;
use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ec2::client::Waiters;
use aws_sdk_ec2::config::Credentials;
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::operation::RequestId;
use aws_sdk_ec2::primitives::{DateTime, DateTimeFormat};
use aws_sdk_ec2::types::{
    ArchitectureValues, BlockDeviceMapping, CreateVolumePermission,
    CreateVolumePermissionModifications, EbsBlockDevice, Filter, Image, ImageAttributeName,
    ImageState, Instance, InstanceStateName, InstanceType, LaunchPermission,
    LaunchPermissionModifications, ResourceType, Tag, TagSpecification, VolumeType,
};
use aws_sdk_ec2::Client;

type Outcome<T> = Result<T, Box<dyn Error>>;

const HOME: &str = "us-east-1";
const COPIES: [&str; 2] = ["eu-west-1", "ap-southeast-2"];
const FRIEND: &str = "210987654321";
const CONFIGURATION: &str = "listen 8080\n";
/// No waiter waits: the simulator works at once.
const PATIENCE: Duration = Duration::from_secs(60);

async fn config(region: &'static str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).region(Region::new(region)).load().await
}

async fn ec2(region: &'static str) -> Client {
    Client::new(&config(region).await)
}

fn stage() -> Tag {
    Tag::builder().key("Stage").value("golden").build()
}

fn filter(name: &str, value: &str) -> Filter {
    Filter::builder().name(name).values(value).build()
}

fn snapshots_of(image: &Image) -> Vec<String> {
    let mappings = image.block_device_mappings().iter();
    mappings.filter_map(|m| m.ebs()?.snapshot_id().map(String::from)).collect()
}

/// The error of a call that is to be refused with this code.
fn refused<T, E: ProvideErrorMetadata>(code: &str, answer: Result<T, E>) -> E {
    let refusal = answer.err().unwrap_or_else(|| panic!("{code} was expected"));
    assert_eq!(refusal.code(), Some(code));
    refusal
}

/// One of the routes of docs/control.md: the status and the body of the answer.
fn control(method: &str, path: &str, body: &str) -> Outcome<(u16, String)> {
    let url = env::var("AWS_ENDPOINT_URL")?;
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "{method} /_amisim/{path} HTTP/1.1\r\nHost: {host}\r\nX-Amisim: rust\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no HTTP")?;
    let status = head.split(' ').nth(1).ok_or("no status")?;
    Ok((status.parse()?, body.into()))
}

/// What a configuration tool does over SSH; here a route of the simulator stands for the guest.
fn file(instance: &str, method: &str, path: &str, bytes: &str) -> Outcome<(u16, String)> {
    control(method, &format!("guests/{instance}/files{path}"), bytes)
}

async fn image(ec2: &Client, id: &str) -> Outcome<Image> {
    let found = ec2.describe_images().image_ids(id).send().await?;
    Ok(found.images.and_then(|mut images| images.pop()).ok_or("no such image")?)
}

async fn instance(ec2: &Client, id: &str) -> Outcome<Instance> {
    let found = ec2.describe_instances().instance_ids(id).send().await?;
    let first = found.reservations().first().and_then(|r| r.instances().first());
    Ok(first.ok_or("no such instance")?.clone())
}

async fn newest_amazon_linux(ec2: &Client) -> Outcome<String> {
    let mut pages = ec2
        .describe_images()
        .owners("amazon")
        .filters(filter("name", "al2023-ami-2023.*-x86_64"))
        .into_paginator()
        .page_size(5)
        .items()
        .send();
    let mut found = Vec::new();
    while let Some(image) = pages.next().await {
        let image = image?;
        found.push((image.creation_date, image.image_id));
    }
    let (_, id) = found.into_iter().max().ok_or("no image")?;
    Ok(id.ok_or("no id")?)
}

async fn launch(ec2: &Client, image: &str) -> Outcome<String> {
    let tags =
        TagSpecification::builder().resource_type(ResourceType::Instance).tags(stage()).build();
    let launched = ec2
        .run_instances()
        .image_id(image)
        .instance_type(InstanceType::T3Micro)
        .min_count(1)
        .max_count(1)
        .tag_specifications(tags)
        .send()
        .await?;
    let id = launched.instances()[0].instance_id().ok_or("no id")?;
    ec2.wait_until_instance_running().instance_ids(id).wait(PATIENCE).await?;

    let running = instance(ec2, id).await?;
    assert_eq!(running.state().and_then(|s| s.name()), Some(&InstanceStateName::Running));
    assert_eq!(running.image_id(), Some(image));
    assert_eq!(running.tags(), [stage()]);
    Ok(id.into())
}

async fn terminate(ec2: &Client, id: &str) -> Outcome<()> {
    ec2.terminate_instances().instance_ids(id).send().await?;
    ec2.wait_until_instance_terminated().instance_ids(id).wait(PATIENCE).await?;
    Ok(())
}

async fn attach_volume(ec2: &Client, builder: &str) -> Outcome<()> {
    let running = instance(ec2, builder).await?;
    let zone = running.placement().and_then(|p| p.availability_zone()).ok_or("no zone")?;
    let made = ec2
        .create_volume()
        .availability_zone(zone)
        .size(2)
        .volume_type(VolumeType::Gp3)
        .send()
        .await?;
    let volume = made.volume_id().ok_or("no id")?;
    ec2.wait_until_volume_available().volume_ids(volume).wait(PATIENCE).await?;
    ec2.attach_volume().instance_id(builder).volume_id(volume).device("/dev/sdf").send().await?;
    ec2.wait_until_volume_in_use().volume_ids(volume).wait(PATIENCE).await?;
    Ok(())
}

async fn create_image(ec2: &Client, builder: &str, name: &str, no_reboot: bool) -> Outcome<Image> {
    let asked =
        ec2.create_image().instance_id(builder).name(name).no_reboot(no_reboot).send().await?;
    let id = asked.image_id().ok_or("no id")?;
    ec2.wait_until_image_available().image_ids(id).wait(PATIENCE).await?;

    let made = image(ec2, id).await?;
    assert_eq!(made.name(), Some(name));
    assert_eq!(made.state(), Some(&ImageState::Available));
    let devices: Vec<_> =
        made.block_device_mappings().iter().filter_map(|m| m.device_name()).collect();
    assert_eq!(devices, ["/dev/xvda", "/dev/sdf"]);
    let snapshots = Some(snapshots_of(&made));
    ec2.wait_until_snapshot_completed().set_snapshot_ids(snapshots).wait(PATIENCE).await?;
    Ok(made)
}

async fn tag(ec2: &Client, golden: &Image) -> Outcome<()> {
    let id = golden.image_id().ok_or("no id")?;
    let snapshots = Some(snapshots_of(golden));
    ec2.create_tags().set_resources(snapshots).resources(id).tags(stage()).send().await?;
    let mut pages = ec2
        .describe_tags()
        .filters(filter("key", "Stage"))
        .filters(Filter::builder().name("resource-type").values("image").values("snapshot").build())
        .into_paginator()
        .page_size(5)
        .items()
        .send();
    let mut tagged = 0;
    while pages.next().await.transpose()?.is_some() {
        tagged += 1;
    }
    assert_eq!(tagged, 3);
    assert_eq!(image(ec2, id).await?.tags(), [stage()]);
    Ok(())
}

async fn share(ec2: &Client, golden: &Image) -> Outcome<()> {
    let id = golden.image_id().ok_or("no id")?;
    let friend = LaunchPermission::builder().user_id(FRIEND).build();
    let added = LaunchPermissionModifications::builder().add(friend.clone()).build();
    ec2.modify_image_attribute().image_id(id).launch_permission(added).send().await?;
    let attribute = ImageAttributeName::LaunchPermission;
    let permissions =
        ec2.describe_image_attribute().image_id(id).attribute(attribute).send().await?;
    assert_eq!(permissions.launch_permissions(), [friend]);
    let mut expected = snapshots_of(golden);
    for snapshot in &expected {
        let friend = CreateVolumePermission::builder().user_id(FRIEND).build();
        let added = CreateVolumePermissionModifications::builder().add(friend).build();
        ec2.modify_snapshot_attribute()
            .snapshot_id(snapshot)
            .create_volume_permission(added)
            .send()
            .await?;
    }

    let credentials = Credentials::new(FRIEND, "secret", None, None, "pipeline");
    let config = aws_sdk_ec2::config::Builder::from(&config(HOME).await);
    let friend = Client::from_conf(config.credentials_provider(credentials).build());
    let images = friend.describe_images().executable_users("self").send().await?;
    assert_eq!(images.images().iter().map(|i| i.image_id()).collect::<Vec<_>>(), [Some(id)]);
    let snapshots = friend.describe_snapshots().restorable_by_user_ids("self").send().await?;
    let mut found: Vec<_> = snapshots.snapshots().iter().filter_map(|s| s.snapshot_id()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    Ok(())
}

/// Copies with a key of the Region, and gives the copy back.
async fn copy_image(golden: &Image, region: &'static str) -> Outcome<Image> {
    let config = config(region).await;
    let made = aws_sdk_kms::Client::new(&config).create_key().send().await?;
    let key = made.key_metadata().and_then(|k| k.arn()).ok_or("no key")?;
    assert!(key.starts_with(&format!("arn:aws:kms:{region}:")), "{key}");
    let ec2 = Client::new(&config);
    let asked = ec2
        .copy_image()
        .name("golden-rust")
        .set_source_image_id(golden.image_id.clone())
        .source_region(HOME)
        .encrypted(true)
        .kms_key_id(key)
        .copy_image_tags(true)
        .send()
        .await?;
    let id = asked.image_id().ok_or("no id")?;
    ec2.wait_until_image_available().image_ids(id).wait(PATIENCE).await?;

    let copied = image(&ec2, id).await?;
    assert_eq!(copied.name(), Some("golden-rust"));
    assert_eq!(copied.source_image_id(), golden.image_id());
    assert_eq!(copied.source_image_region(), Some(HOME));
    assert_eq!(copied.tags(), [stage()]);
    let snapshots =
        ec2.describe_snapshots().set_snapshot_ids(Some(snapshots_of(&copied))).send().await?;
    assert_eq!(snapshots.snapshots().len(), 2);
    for snapshot in snapshots.snapshots() {
        assert_eq!(snapshot.encrypted(), Some(true));
        assert_eq!(snapshot.kms_key_id(), Some(key));
    }
    Ok(copied)
}

async fn register(ec2: &Client, snapshot: &str) -> Outcome<String> {
    let disk = EbsBlockDevice::builder().snapshot_id(snapshot).build();
    let registered = ec2
        .register_image()
        .name("rust-registered")
        .architecture(ArchitectureValues::X8664)
        .virtualization_type("hvm")
        .root_device_name("/dev/xvda")
        .block_device_mappings(
            BlockDeviceMapping::builder().device_name("/dev/xvda").ebs(disk).build(),
        )
        .send()
        .await?;
    let id = registered.image_id().ok_or("no id")?;
    let found = image(ec2, id).await?;
    assert_eq!(snapshots_of(&found), [snapshot]);
    assert_eq!(found.root_device_name(), Some("/dev/xvda"));
    Ok(id.into())
}

async fn launch_copy(ec2: &Client, copy: &Image) -> Outcome<()> {
    let launched = launch(ec2, copy.image_id().ok_or("no id")?).await?;
    assert_eq!(file(&launched, "GET", "/etc/app.conf", "")?.1, CONFIGURATION);
    assert_eq!(file(&launched, "GET", "/mnt/sdf/data", "")?.1, "1");
    let of_it = filter("attachment.instance-id", &launched);
    let volumes = ec2.describe_volumes().filters(of_it).send().await?;
    assert_eq!(
        volumes.volumes().iter().map(|v| v.encrypted()).collect::<Vec<_>>(),
        [Some(true); 2]
    );
    terminate(ec2, &launched).await
}

async fn deprecate(ec2: &Client, id: &str) -> Outcome<()> {
    let month = SystemTime::now() + Duration::from_secs(30 * 24 * 3600);
    let minute = DateTime::from_secs(DateTime::from(month).secs() / 60 * 60);
    ec2.enable_image_deprecation().image_id(id).deprecate_at(minute).send().await?;
    let found = image(ec2, id).await?;
    let time = found.deprecation_time().ok_or("not deprecated")?;
    assert_eq!(DateTime::from_str(time, DateTimeFormat::DateTime)?, minute);
    Ok(())
}

async fn deregister(ec2: &Client, image: &Image) -> Outcome<()> {
    let id = image.image_id().ok_or("no id")?;
    let gone = ec2.deregister_image().image_id(id).delete_associated_snapshots(true).send().await?;
    let results = gone.delete_snapshot_results();
    let deleted: Vec<_> = results.iter().filter_map(|r| r.snapshot_id()).collect();
    assert_eq!(deleted, snapshots_of(image));
    assert!(results.iter().all(|r| r.return_code().is_some_and(|c| c.as_str() == "success")));
    assert!(ec2.describe_images().image_ids(id).send().await?.images().is_empty());
    let snapshots = Some(snapshots_of(image));
    refused(
        "InvalidSnapshot.NotFound",
        ec2.describe_snapshots().set_snapshot_ids(snapshots).send().await,
    );
    Ok(())
}

async fn pipeline() -> Outcome<()> {
    let home = ec2(HOME).await;
    let builder = launch(&home, &newest_amazon_linux(&home).await?).await?;
    attach_volume(&home, &builder).await?;
    assert_eq!(file(&builder, "PUT", "/etc/app.conf", CONFIGURATION)?.0, 200);
    assert_eq!(file(&builder, "PUT", "/mnt/sdf/data", "1")?.0, 200);

    // The file is still in the page cache: only the image that reboots the builder has it.
    let careless = create_image(&home, &builder, "rust-running", true).await?;
    let golden = create_image(&home, &builder, "rust-rebooted", false).await?;
    let hasty = launch(&home, careless.image_id().ok_or("no id")?).await?;
    assert_eq!(file(&hasty, "GET", "/etc/app.conf", "")?.0, 404);
    terminate(&home, &hasty).await?;

    tag(&home, &golden).await?;
    share(&home, &golden).await?;
    let mut copies = Vec::new();
    for region in COPIES {
        copies.push((ec2(region).await, copy_image(&golden, region).await?));
    }
    let root = &snapshots_of(&golden)[0];
    let registered = register(&home, root).await?;
    launch_copy(&copies[0].0, &copies[0].1).await?;
    deprecate(&home, golden.image_id().ok_or("no id")?).await?;

    // A snapshot that another image is made of stays until that one is gone.
    refused("InvalidSnapshot.InUse", home.delete_snapshot().snapshot_id(root).send().await);
    home.deregister_image().image_id(registered).send().await?;
    deregister(&home, &golden).await?;
    deregister(&home, &careless).await?;
    for (region, copy) in &copies {
        deregister(region, copy).await?;
    }
    terminate(&home, &builder).await
}

/// The answer to a launch is lost and its repetition is told apart by a token; then throttling.
async fn retries() -> Outcome<()> {
    let home = ec2(HOME).await;
    let base = newest_amazon_linux(&home).await?;
    let rules = "rules:\n\
                 - {when: {operations: [RunInstances], first: 1}, what: {drop: after}}\n\
                 - {when: {operations: [DescribeInstances], first: 2}, what: {error: {code: RequestLimitExceeded}}}\n";
    assert_eq!(control("PUT", "scenarios/rust", rules)?.0, 200);
    let asked = "requests?operation=RunInstances";
    let before = control("GET", asked, "")?.1.lines().count();
    let launched = launch(&home, &base).await?;
    assert_eq!(control("GET", asked, "")?.1.lines().count(), before + 2);
    let running = filter("instance-state-name", "running");
    let found = home.describe_instances().filters(running).send().await?;
    let ids: Vec<_> = found.reservations().iter().flat_map(|r| r.instances()).collect();
    assert_eq!(ids.iter().map(|i| i.instance_id()).collect::<Vec<_>>(), [Some(launched.as_str())]);
    terminate(&home, &launched).await
}

async fn refusals() -> Outcome<()> {
    let home = ec2(HOME).await;
    let unknown = "ami-0fedcba9876543210";
    let refusal =
        refused("InvalidAMIID.NotFound", home.describe_images().image_ids(unknown).send().await);
    assert_eq!(refusal.message(), Some("The image id '[ami-0fedcba9876543210]' does not exist"));
    assert!(refusal.request_id().is_some_and(|id| !id.is_empty()));
    refused("InvalidAMIID.Malformed", home.describe_images().image_ids("golden").send().await);
    let dry = home
        .copy_image()
        .dry_run(true)
        .name("dry")
        .source_image_id(unknown)
        .source_region(COPIES[0]);
    let refusal = refused("DryRunOperation", dry.send().await);
    assert_eq!(refusal.raw_response().map(|r| r.status().as_u16()), Some(412));

    let kms = aws_sdk_kms::Client::new(&config(HOME).await);
    let nobody = kms.describe_key().key_id("11111111-2222-3333-4444-555555555555").send().await;
    let refusal = nobody.err().ok_or("a key that nobody made")?;
    assert!(refusal.as_service_error().is_some_and(|e| e.is_not_found_exception()));
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    pipeline().await?;
    println!("the pipeline came to its end");
    retries().await?;
    println!("a lost answer made nothing twice");
    refusals().await?;
    println!("refusals have their codes");
    Ok(())
}
