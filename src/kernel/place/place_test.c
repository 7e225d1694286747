/* SPDX-License-Identifier: Apache-2.0
 * place_test.c - the places of Xianning: read, found, contained, merged; on both engines. */
#include "kernel/place/place.h"
#include "store/migrate.h"
#include "test_db.h"

static const struct sql MERGE = { "UPDATE place SET merged_into = $2 WHERE code = $1", NULL };

TEST_DB(the_places_of_xianning_are_read_and_found)
{
    struct place_import n;
    struct place p, *found;
    size_t count;
    EXPECT_EQ(migrate(c), OK);
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &n), OK);
    EXPECT_EQ(n.added, n.rows);
    EXPECT_EQ(place_import(c, "data/xianning-places.csv", &n), OK); /* once more changes nothing */
    EXPECT_EQ(n.added, 0);
    EXPECT_EQ(place_load(c, "421281101202", &p), OK);
    EXPECT_STR(p.short_name, "柳林村");
    EXPECT_STR(place_full_name(c, "421281101202"), "赤壁市赵李桥镇柳林村");
    EXPECT_EQ(place_find(c, "柳林", "421281", &found, &count), OK);
    EXPECT(count == 1 && str_eq(found[0].code, "421281101202"));
    EXPECT_EQ(place_find(c, "LLC", "421281101", &found, &count), OK);
    EXPECT(count >= 1);
    EXPECT_EQ(place_find(c, "柳林", "421222", &found, &count), OK);
    EXPECT_EQ(count, 0); /* not in another county */
    EXPECT_EQ(place_children(c, "421281101", &found, &count), OK);
    EXPECT_EQ(count, 12);
    EXPECT_EQ(place_require(c, "999999999999", &p), E_PLACE);
    EXPECT_EQ(db_run(c, &MERGE, IN(v_text("421281101203"), v_text("421281101202"))), OK);
    c->why[0] = '\0';
    EXPECT_EQ(place_require(c, "421281101203", &p), E_PLACE_MERGED);
    EXPECT_STR(p.merged_into, "421281101202");
    EXPECT_EQ(place_county("421281101202"), 421281);
    EXPECT_STR(place_at(c, "421281101202", PLACE_TOWNSHIP), "421281101");
}
